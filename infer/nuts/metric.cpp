#include "infer/nuts/metric.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <cmath>

namespace praesepe::infer::nuts {

namespace {

// Eigenvalues of the scaled covariances below this carry nothing but rounding. With fewer draws than dimensions both
// have null spaces; where these meet, the floors cancel and the metric stays the diagonal one.
constexpr double kEigenvalueFloor = 1e-10;

Matrix centred(const Eigen::Ref<const Matrix>& rows) { return rows.rowwise() - rows.colwise().mean(); }

/// V f(max(lambda, floor)) V' of a symmetric matrix.
template <class F>
Matrix spectral(const Eigen::SelfAdjointEigenSolver<Matrix>& eigen, F f) {
  const Vector values = eigen.eigenvalues().cwiseMax(kEigenvalueFloor).unaryExpr(f);
  return eigen.eigenvectors() * values.asDiagonal() * eigen.eigenvectors().transpose();
}

/// C_g^-1/2 (C_g^1/2 C_x C_g^1/2)^1/2 C_g^-1/2; what is not finite comes back not finite.
Matrix geometric_mean(const Matrix& covariance_x, const Matrix& covariance_g) {
  const auto root = [](double value) { return std::sqrt(value); };
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen_x(covariance_x), eigen_g(covariance_g);
  const Matrix root_g = spectral(eigen_g, root);
  const Matrix inverse_root_g = spectral(eigen_g, [](double value) { return 1.0 / std::sqrt(value); });
  const Matrix inner = root_g * spectral(eigen_x, [](double value) { return value; }) * root_g;
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen_inner(inner);
  const Matrix mean = inverse_root_g * spectral(eigen_inner, root) * inverse_root_g;
  return 0.5 * (mean + mean.transpose());
}

}  // namespace

std::optional<InverseMetric> InverseMetric::factorise(Matrix matrix) {
  if (!matrix.allFinite()) return std::nullopt;
  if (matrix.cols() == 1) {
    if (!(matrix.array() > 0.0).all()) return std::nullopt;
    Matrix factor = matrix.cwiseSqrt();
    return InverseMetric(std::move(matrix), std::move(factor));
  }
  const Eigen::LLT<Matrix> cholesky(matrix);
  if (cholesky.info() != Eigen::Success) return std::nullopt;
  return InverseMetric(std::move(matrix), cholesky.matrixL());
}

void InverseMetric::add_scaled(double step, const Vector& u, Vector& q) const {
  if (kind() == MetricKind::diagonal) {
    q += step * factor_.col(0).cwiseProduct(u);
    return;
  }
  // By columns, each from the diagonal down: half the work of the full product, and no temporary.
  for (Eigen::Index j = 0; j < u.size(); ++j) {
    const Eigen::Index below = u.size() - j;
    q.tail(below) += step * u[j] * factor_.col(j).tail(below);
  }
}

void InverseMetric::whiten(const Vector& g, Vector& f) const {
  if (kind() == MetricKind::diagonal) {
    f = factor_.col(0).cwiseProduct(g);
    return;
  }
  for (Eigen::Index j = 0; j < g.size(); ++j) {
    const Eigen::Index below = g.size() - j;
    f[j] = factor_.col(j).tail(below).dot(g.tail(below));
  }
}

std::optional<InverseMetric> fisher_metric(MetricKind kind, const Eigen::Ref<const Matrix>& draws,
                                           const Eigen::Ref<const Matrix>& gradients) {
  if (draws.rows() < 3 || !draws.allFinite() || !gradients.allFinite()) return std::nullopt;
  Matrix x = centred(draws), g = centred(gradients);
  const Vector scale_squared = (x.colwise().squaredNorm().array() / g.colwise().squaredNorm().array()).sqrt();
  const bool singular = draws.rows() <= draws.cols();
  if (kind == MetricKind::diagonal || singular) return InverseMetric::factorise(scale_squared);

  if (!scale_squared.allFinite() || !(scale_squared.array() > 0.0).all()) return std::nullopt;
  // Scaled coordinates, in which both covariances have comparable entries whatever the units of x.
  const Vector scale = scale_squared.cwiseSqrt();
  x *= scale.cwiseInverse().asDiagonal();
  g *= scale.asDiagonal();
  const double n = static_cast<double>(draws.rows());
  const Matrix covariance_x = x.transpose() * x / n, covariance_g = g.transpose() * g / n;
  if (!covariance_x.allFinite() || !covariance_g.allFinite()) return std::nullopt;
  return InverseMetric::factorise(scale.asDiagonal() * geometric_mean(covariance_x, covariance_g) * scale.asDiagonal());
}

}  // namespace praesepe::infer::nuts
