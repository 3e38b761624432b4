#include "infer/models/association/ellipsoid.hpp"

#include "sim/mixture/partial_correlations.hpp"

namespace praesepe::infer::models::association {

using density::Vector;
using sim::mixture::SmallMatrix;

namespace {

/// z (6, 6) from its 15 values, row by row; zero if there are none.
SmallMatrix partials_at(const Vector& theta, Eigen::Index first) {
  SmallMatrix z = SmallMatrix::Zero(6, 6);
  if (first < 0) return z;
  for (Eigen::Index i = 1; i < 6; ++i)
    for (Eigen::Index j = 0; j < i; ++j) z(i, j) = theta[first++];
  return z;
}

Vector6 sds_at(const Ellipsoid& ellipsoid, const Vector& theta) {
  Vector6 sd;
  for (std::size_t i = 0; i < 6; ++i) sd[static_cast<Eigen::Index>(i)] = theta[ellipsoid.sd[i]];
  return sd;
}

}  // namespace

Ellipsoid sphere(Eigen::Index dxyz, Eigen::Index duvw) { return {.sd = {dxyz, dxyz, dxyz, duvw, duvw, duvw}}; }

Ellipsoid axes(Eigen::Index first_sd, Eigen::Index partials) {
  Ellipsoid ellipsoid{.sd = {}, .partials = partials};
  for (Eigen::Index& sd : ellipsoid.sd) sd = first_sd++;
  return ellipsoid;
}

Matrix6 factor_at(const Ellipsoid& ellipsoid, const Vector& theta) {
  return sds_at(ellipsoid, theta).asDiagonal() *
         Matrix6(sim::mixture::correlation_factor(partials_at(theta, ellipsoid.partials)));
}

void pull_back(const Ellipsoid& ellipsoid, const Vector& theta, const Matrix6& by_covariance, Vector& gradient) {
  const Vector6 sd = sds_at(ellipsoid, theta);
  const SmallMatrix z = partials_at(theta, ellipsoid.partials);
  const Matrix6 correlation_root = sim::mixture::correlation_factor(z);
  Matrix6 by_factor = 2.0 * by_covariance * (sd.asDiagonal() * correlation_root);
  by_factor = Matrix6(by_factor.triangularView<Eigen::Lower>());
  const Vector6 by_sd = by_factor.cwiseProduct(correlation_root).rowwise().sum();
  for (std::size_t i = 0; i < 6; ++i) gradient[ellipsoid.sd[i]] += by_sd[static_cast<Eigen::Index>(i)];
  if (ellipsoid.partials < 0) return;
  const SmallMatrix by_z = sim::mixture::correlation_factor_pull_back(z, SmallMatrix(sd.asDiagonal() * by_factor));
  Eigen::Index entry = ellipsoid.partials;
  for (Eigen::Index i = 1; i < 6; ++i)
    for (Eigen::Index j = 0; j < i; ++j) gradient[entry++] += by_z(i, j);
}

}  // namespace praesepe::infer::models::association
