// What all stars of a catalogue say of one Gaussian in position and velocity: the kernel that components share.
//
//   ln p_n = ln N_M(P y; P mean, P (C + S_n) P^T)        P: rows are the M = 5 or 6 measured directions of star n
//
// P is never formed. With n the direction that was not seen and Pi = 1 - n n^T on velocities, take
//
//   T = Pi (C + S_n) Pi + n n^T        d = Pi (y_n - mean)
//
// which is P (C + S_n) P^T beside a 1 along n, where d has nothing: the same determinant, the same d^T T^-1 d. With all
// measured n = 0 and Pi = 1. The slopes follow with u = T^-1 d, which has nothing along n either:
//
//   d ln p_n / d mean = u                 d ln p_n / d C = (u u^T - T^-1 + n n^T) / 2
//
// Accuracy: 1e-11 relative, also for groups of 0.5 pc and 150 Myr and stars far away
// (tests/infer/models/association/overlaps_test.cpp). Cost: 0.1 us a star (tests/bench/association_benchmark.cpp). The
// order of stars matters for nothing but the order of sums.
#pragma once

#include <memory>
#include <vector>

#include "infer/density/mixture.hpp"
#include "infer/models/association/star_states.hpp"
#include "infer/models/association/star_sums.hpp"

namespace praesepe::infer::models::association {

/// Derivatives of sum_n weight_n ln p_n.
struct GaussianSlopes {
  Vector6 by_mean = Vector6::Zero();
  Matrix6 by_covariance = Matrix6::Zero();  ///< symmetric; sum over all (i, j) of it times dC_ij is the change
};

/// From sums of a mean's slopes (6) and twice those of a covariance, lower triangle (21).
inline constexpr Eigen::Index kGaussianSlopes = 6 + em::triangle(6);
GaussianSlopes gaussian_slopes(const Eigen::Ref<const density::Vector>& sums);

class Overlaps {
 public:
  explicit Overlaps(std::shared_ptr<const StarStates> stars);

  /// ln p of each star, (N); -infinity where T is singular to rounding or ln p too small for a number.
  void evaluate(const Gaussian6& gaussian, density::Array& values);
  /// At the last `evaluate`, given weights (N).
  GaussianSlopes slopes(const density::Array& weight) const;

 private:
  std::shared_ptr<const StarStates> stars_;
  StarSums sums_;
};

}  // namespace praesepe::infer::models::association
