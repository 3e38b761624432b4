// Points of a D-dimensional space, each seen through its own linear projection and its own Gaussian noise.
//
//   y_i = R_i x_i + e_i,   e_i ~ N(0, S_i)      y_i (M_i), R_i (M_i, D), S_i (M_i, M_i), 0 <= M_i
//
// A NaN in y_i is a value that was not measured: its row leaves y_i, R_i and S_i. A point of which nothing is left
// stays in the list, and says nothing. Noise may be zero.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace praesepe::infer::em {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

/// One point, rows without a measurement taken out. Either `rows` or `projection` says what was measured.
struct NoisyPoint {
  Vector value;                    ///< y (M)
  Matrix noise;                    ///< S (M, M)
  bool projected;                  ///< R is `projection`; otherwise R picks coordinates `rows` of x
  std::vector<Eigen::Index> rows;  ///< (M), ascending
  Matrix projection;               ///< (M, D)

  /// R, written out (M, D).
  Matrix design(Eigen::Index dimension) const;
};

class NoisyPoints {
 public:
  /// Throws InputError unless D > 0.
  explicit NoisyPoints(Eigen::Index dimension);

  /// A point measured coordinate by coordinate (R = 1): value (D), noise (D, D).
  /// Throws InputError, naming the point, if a size is wrong, a value infinite, or the noise not symmetric positive
  /// semidefinite.
  void add(const Vector& value, const Matrix& noise);
  /// A projected point: value (M), noise (M, M), projection (M, D).
  void add(const Vector& value, const Matrix& noise, const Matrix& projection);

  Eigen::Index dimension() const { return dimension_; }
  std::size_t size() const { return points_.size(); }
  const NoisyPoint& operator[](std::size_t i) const { return points_[i]; }
  auto begin() const { return points_.begin(); }
  auto end() const { return points_.end(); }
  /// Sum of M_i.
  Eigen::Index measured_values() const { return measured_values_; }

 private:
  void add(NoisyPoint point);

  Eigen::Index dimension_;
  Eigen::Index measured_values_ = 0;
  std::vector<NoisyPoint> points_;
};

}  // namespace praesepe::infer::em
