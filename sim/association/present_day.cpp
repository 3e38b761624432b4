#include "sim/association/present_day.hpp"

namespace praesepe::sim::association {

Gaussian6 birth_sphere(const Vector6& mean, double dxyz_pc, double duvw_kms) {
  Vector6 sd;
  sd << Eigen::Vector3d::Constant(dxyz_pc), Eigen::Vector3d::Constant(duvw_kms);
  return {.mean = mean, .covariance = sd.cwiseAbs2().asDiagonal()};
}

Gaussian6 present_day(const Orbit& orbit, const Gaussian6& birth, double age_myr) {
  const LinearisedOrbit end = orbit.linearise(birth.mean, age_myr);
  return {.mean = end.state, .covariance = end.jacobian * birth.covariance * end.jacobian.transpose()};
}

}  // namespace praesepe::sim::association
