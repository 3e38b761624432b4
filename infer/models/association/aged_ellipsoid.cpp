#include "infer/models/association/aged_ellipsoid.hpp"

#include <Eigen/LU>

namespace praesepe::infer::models::association {

Matrix6 sphere_factor(double dxyz_pc, double duvw_kms) {
  return Vector6(dxyz_pc, dxyz_pc, dxyz_pc, duvw_kms, duvw_kms, duvw_kms).asDiagonal();
}

AgedEllipsoid aged_ellipsoid(const EpicyclicOrbit& orbit, const Vector6& mean_now, const Matrix6& birth_factor,
                             double age_myr) {
  AgedEllipsoid aged{.birth = birth_factor * birth_factor.transpose(),
                     .age_myr = age_myr,
                     .now = {.mean = mean_now},
                     .back = orbit.curve(mean_now, -age_myr),
                     .forward = {}};
  aged.forward = aged.back.first.jacobian.inverse();
  const Matrix6 root = aged.forward * birth_factor;
  aged.now.covariance = root * root.transpose();
  return aged;
}

AgedEllipsoidSlopes pull_back(const AgedEllipsoid& ellipsoid, const Vector6& by_mean, const Matrix6& by_covariance) {
  const Matrix6& j = ellipsoid.forward;
  const Matrix6 w = j.transpose() * by_covariance * j;
  const Matrix6 k = -2.0 * w * ellipsoid.birth * j.transpose();
  AgedEllipsoidSlopes slopes{.by_mean = by_mean,
                             .by_birth = w,
                             .by_age = -k.cwiseProduct(ellipsoid.back.jacobian_by_time).sum()};  // back in time
  for (int i = 0; i < 6; ++i) {
    slopes.by_mean[i] += k.cwiseProduct(ellipsoid.back.jacobian_by_start[static_cast<std::size_t>(i)]).sum();
  }
  return slopes;
}

}  // namespace praesepe::infer::models::association
