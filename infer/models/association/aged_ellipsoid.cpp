#include "infer/models/association/aged_ellipsoid.hpp"

namespace praesepe::infer::models::association {

Matrix6 sphere_factor(double dxyz_pc, double duvw_kms) {
  return Vector6(dxyz_pc, dxyz_pc, dxyz_pc, duvw_kms, duvw_kms, duvw_kms).asDiagonal();
}

AgedEllipsoid aged_ellipsoid(const EpicyclicOrbit& orbit, const Vector6& mean_now, const Matrix6& birth_factor,
                             double age_myr) {
  AgedEllipsoid aged{.birth = birth_factor * birth_factor.transpose(),
                     .age_myr = age_myr,
                     .now = {.mean = mean_now},
                     .back = orbit.curve(mean_now, -age_myr)};
  const Matrix6 root = aged.forward() * birth_factor;
  aged.now.covariance = root * root.transpose();
  return aged;
}

AgedEllipsoidSlopes pull_back(const AgedEllipsoid& ellipsoid, const Vector6& by_mean, const Matrix6& by_covariance) {
  const Matrix6& j = ellipsoid.forward();
  const Matrix6 w = j.transpose() * by_covariance * j;
  const Matrix6 k = -2.0 * w * ellipsoid.birth * j.transpose();
  const auto by_orbit = ellipsoid.back.pull_back(k);
  return {.by_mean = by_mean + by_orbit.by_start, .by_birth = w, .by_age = -by_orbit.by_time};  // back in time
}

}  // namespace praesepe::infer::models::association
