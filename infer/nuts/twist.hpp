// A map that straightens a bent ridge.
//
// With u the coordinates along the principal axes of a cloud of points, in standard deviations and the widest first,
//
//   straight:  u_j - b_j (u_1^2 - 1),  j = 2, 3, ...        bent:  u_j + b_j (u_1^2 - 1)
//
// Its Jacobian is 1: a density of straightened points is one of the points. Haario, Saksman & Tamminen 1999, Comput.
// Stat. 14, 375, bend their test densities so.
#pragma once

#include "infer/density/log_density.hpp"

namespace praesepe::infer::nuts {

using density::Matrix;
using density::Vector;

class Twist {
 public:
  /// Leaves points as they are.
  Twist() = default;
  /// b_j from weighted least squares, shrunk where few points have weight; points (D, n), weights (n) of sum 1. Leaves
  /// points as they are if their covariance is singular.
  Twist(const Matrix& points, const Vector& weights);

  Vector straightened(const Vector& x) const;
  Vector bent(const Vector& y) const;

 private:
  Vector shift(const Vector& x) const;

  Vector centre_;  // (D), empty for no twist
  Vector widest_;  // (D) u_1 = widest . (x - centre)
  Vector bend_;    // (D) the shift for u_1^2 - 1 = 1
};

}  // namespace praesepe::infer::nuts
