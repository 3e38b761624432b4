#include "infer/em/noisy_points.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <cmath>
#include <numeric>

#include "sim/error.hpp"

namespace praesepe::infer::em {

namespace {

std::vector<Eigen::Index> measured_rows(const Vector& value) {
  std::vector<Eigen::Index> rows;
  for (Eigen::Index a = 0; a < value.size(); ++a)
    if (!std::isnan(value[a])) rows.push_back(a);
  return rows;
}

bool is_covariance(const Matrix& noise) {
  if (noise.size() == 0 || noise.isZero(0.0)) return true;
  if (!noise.allFinite() || !noise.isApprox(noise.transpose(), 1e-10)) return false;
  const Eigen::LDLT<Matrix> factor(noise);
  // Noise of rank < M is allowed: its pivots are zero to rounding.
  return factor.info() == Eigen::Success &&
         factor.vectorD().minCoeff() >= -1e-12 * noise.diagonal().cwiseAbs().maxCoeff();
}

}  // namespace

Matrix NoisyPoint::design(Eigen::Index dimension) const {
  if (projected) return projection;
  return Matrix::Identity(dimension, dimension)(rows, Eigen::all);
}

NoisyPoints::NoisyPoints(Eigen::Index dimension) : dimension_(dimension) {
  if (dimension <= 0) throw InputError(fmt::format("points need a dimension above 0, not {}", dimension));
}

void NoisyPoints::add(const Vector& value, const Matrix& noise) {
  if (value.size() != dimension_)
    throw InputError(fmt::format("point {}: it has {} values, and should have {}", size(), value.size(), dimension_));
  if (noise.rows() != dimension_ || noise.cols() != dimension_)
    throw InputError(fmt::format("point {}: its noise is {} x {}, and should be {} x {}", size(), noise.rows(),
                                 noise.cols(), dimension_, dimension_));
  auto rows = measured_rows(value);
  add(NoisyPoint{value(rows), noise(rows, rows), false, rows, {}});
}

void NoisyPoints::add(const Vector& value, const Matrix& noise, const Matrix& projection) {
  const Eigen::Index m = value.size();
  if (noise.rows() != m || noise.cols() != m)
    throw InputError(
        fmt::format("point {}: its noise is {} x {}, and should be {} x {}", size(), noise.rows(), noise.cols(), m, m));
  if (projection.rows() != m || projection.cols() != dimension_)
    throw InputError(fmt::format("point {}: its projection is {} x {}, and should be {} x {}", size(),
                                 projection.rows(), projection.cols(), m, dimension_));
  const auto rows = measured_rows(value);
  const Matrix kept = projection(rows, Eigen::all);
  if (!kept.allFinite()) throw InputError(fmt::format("point {}: its projection is not finite", size()));
  add(NoisyPoint{value(rows), noise(rows, rows), true, {}, kept});
}

void NoisyPoints::add(NoisyPoint point) {
  if (!point.value.allFinite()) throw InputError(fmt::format("point {}: a value is infinite", size()));
  if (!is_covariance(point.noise))
    throw InputError(fmt::format("point {}: its noise is not a symmetric positive semidefinite matrix", size()));
  measured_values_ += point.value.size();
  points_.push_back(std::move(point));
}

}  // namespace praesepe::infer::em
