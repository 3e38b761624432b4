#include "tests/infer/models/gaussian_mixture/dense.hpp"

#include <Eigen/LU>
#include <cmath>
#include <vector>

#include "sim/astrometry/units.hpp"

namespace praesepe::tests {

namespace {

double log_normal(const Eigen::VectorXd& residual, const Eigen::MatrixXd& covariance) {
  const Eigen::PartialPivLU<Eigen::MatrixXd> lu(covariance);
  return -0.5 * residual.dot(lu.solve(residual)) - 0.5 * std::log((2.0 * M_PI * covariance).determinant());
}

}  // namespace

double dense_log_density(const infer::models::gaussian_mixture::Star& star, const sim::mixture::Vector8& mean,
                         const sim::mixture::Matrix8& covariance, const sim::mixture::Dust& dust, double r) {
  const Eigen::Vector3d x(star.direction[0], star.direction[1], r), residual = x - mean.head<3>();
  const Eigen::Matrix3d xx = covariance.topLeftCorner<3, 3>();
  const Eigen::Matrix<double, 5, 3> regression = covariance.bottomLeftCorner<5, 3>() * xx.inverse();
  const Eigen::Matrix<double, 5, 1> m = mean.tail<5>() + regression * residual;
  const Eigen::Matrix<double, 5, 5> S =
      covariance.bottomRightCorner<5, 5>() - regression * covariance.topRightCorner<3, 5>();

  Eigen::Matrix<double, 6, 5> B = Eigen::Matrix<double, 6, 5>::Zero();
  Eigen::Matrix<double, 6, 1> c = Eigen::Matrix<double, 6, 1>::Zero();
  const double k = sim::astrometry::kKmsPerMasyrKpc;
  B(0, 3) = 1.0;
  B(1, 4) = 1.0;
  B.block<1, 3>(2, 0) = star.triad.row(2);
  B.block<1, 3>(4, 0) = star.triad.row(0) / (k * r);
  B.block<1, 3>(5, 0) = star.triad.row(1) / (k * r);
  c[0] = dust.reddening * r;
  c[1] = 5.0 * std::log10(r) + 10.0 + dust.extinction * r;
  c[3] = 1.0 / r;
  std::vector<Eigen::Index> rows;
  for (Eigen::Index row = 0; row < 6; ++row) {
    if (star.has[row] > 0.0) rows.push_back(row);
  }
  const Eigen::VectorXd y_residual = (star.data - c - B * m)(rows);
  const Eigen::MatrixXd T = (star.noise + B * S * B.transpose())(rows, rows);
  return log_normal(residual, xx) + (rows.empty() ? 0.0 : log_normal(y_residual, T));
}

}  // namespace praesepe::tests
