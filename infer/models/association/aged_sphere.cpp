#include "infer/models/association/aged_sphere.hpp"

#include <Eigen/LU>

namespace praesepe::infer::models::association {

namespace {

Vector6 birth_sds(double dxyz, double duvw) { return {dxyz, dxyz, dxyz, duvw, duvw, duvw}; }

}  // namespace

AgedSphere aged_sphere(const EpicyclicOrbit& orbit, const Vector6& mean_now, double dxyz_pc, double duvw_kms,
                       double age_myr) {
  AgedSphere sphere{.dxyz_pc = dxyz_pc,
                    .duvw_kms = duvw_kms,
                    .age_myr = age_myr,
                    .now = {.mean = mean_now},
                    .back = orbit.curve(mean_now, -age_myr),
                    .forward = {}};
  sphere.forward = sphere.back.first.jacobian.inverse();
  const Matrix6 root = sphere.forward * birth_sds(dxyz_pc, duvw_kms).asDiagonal();
  sphere.now.covariance = root * root.transpose();
  return sphere;
}

AgedSphereSlopes pull_back(const AgedSphere& sphere, const Vector6& by_mean, const Matrix6& by_covariance) {
  const Matrix6& j = sphere.forward;
  const Matrix6 w = j.transpose() * by_covariance * j;
  const Vector6 birth_variances = birth_sds(sphere.dxyz_pc, sphere.duvw_kms).cwiseAbs2();
  const Matrix6 k = -2.0 * w * birth_variances.asDiagonal() * j.transpose();
  AgedSphereSlopes slopes{.by_mean = by_mean,
                          .by_dxyz = 2.0 * sphere.dxyz_pc * w.diagonal().head<3>().sum(),
                          .by_duvw = 2.0 * sphere.duvw_kms * w.diagonal().tail<3>().sum(),
                          .by_age = -k.cwiseProduct(sphere.back.jacobian_by_time).sum()};  // back in time
  for (int i = 0; i < 6; ++i) {
    slopes.by_mean[i] += k.cwiseProduct(sphere.back.jacobian_by_start[static_cast<std::size_t>(i)]).sum();
  }
  return slopes;
}

}  // namespace praesepe::infer::models::association
