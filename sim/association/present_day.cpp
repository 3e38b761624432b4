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

PresentDaySlopes present_day_slopes(const EpicyclicOrbit& orbit, const Gaussian6& birth, double age_myr) {
  const CurvedOrbit end = orbit.curve(birth.mean, age_myr);
  const Matrix6& jacobian = end.first.jacobian;
  const Matrix6 carried = birth.covariance * jacobian.transpose();
  // dC = dJ C_birth J^T + its transpose
  const auto slope = [&](const Matrix6& jacobian_slope) -> Matrix6 {
    const Matrix6 half = jacobian_slope * carried;
    return half + half.transpose();
  };
  PresentDaySlopes today{.now = {.mean = end.first.state, .covariance = jacobian * carried},
                         .mean_by_birth = jacobian,
                         .mean_by_age = end.first.rate,
                         .covariance_by_birth = {},
                         .covariance_by_age = slope(end.jacobian_by_time)};
  for (std::size_t k = 0; k < 6; ++k) today.covariance_by_birth[k] = slope(end.jacobian_by_start[k]);
  return today;
}

}  // namespace praesepe::sim::association
