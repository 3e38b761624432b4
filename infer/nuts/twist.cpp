#include "infer/nuts/twist.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

namespace praesepe::infer::nuts {

namespace {

/// So many points of no bend are added to those that there are.
constexpr double kStraightPoints = 10.0;

}  // namespace

Twist::Twist(const Matrix& points, const Vector& weights) {
  const Vector mean = points * weights;
  const Matrix centred = points.colwise() - mean;
  const Eigen::SelfAdjointEigenSolver<Matrix> axes(centred * weights.asDiagonal() * centred.transpose());
  const auto& variance = axes.eigenvalues();
  if (!(variance[0] > 0.0)) return;
  const Vector widest = axes.eigenvectors().rightCols<1>() / std::sqrt(variance.tail<1>()[0]);
  const Eigen::ArrayXd square = (centred.transpose() * widest).array().square() - 1.0;
  const double effective = 1.0 / weights.squaredNorm();
  const double norm = (weights.array() * square.square()).sum() + kStraightPoints / effective;
  const Vector bend = centred * (weights.array() * square).matrix() / norm;
  centre_ = mean;
  widest_ = widest;
  // u_1 itself is not shifted
  const Vector along = axes.eigenvectors().rightCols<1>();
  bend_ = bend - along * along.dot(bend);
}

Vector Twist::shift(const Vector& x) const {
  const double u = widest_.dot(x - centre_);
  return (u * u - 1.0) * bend_;
}

Vector Twist::straightened(const Vector& x) const { return centre_.size() == 0 ? x : Vector(x - shift(x)); }

Vector Twist::bent(const Vector& y) const { return centre_.size() == 0 ? y : Vector(y + shift(y)); }

}  // namespace praesepe::infer::nuts
