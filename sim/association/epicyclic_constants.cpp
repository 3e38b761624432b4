#include "sim/association/epicyclic_constants.hpp"

#include <cmath>
#include <numbers>

#include "sim/astrometry/units.hpp"

namespace praesepe::sim::association {

EpicyclicConstants epicyclic_constants(const MilkyWay& galaxy) {
  const double r0 = galaxy.sun_radius_pc(), omega = galaxy.sun_rotation();
  const Eigen::Matrix3d tides = galaxy.tides({-r0, 0.0, 0.0});
  const double b = (tides(0, 0) - 3.0 * omega * omega) / (4.0 * omega);  // kappa^2 = d^2 Phi/dR^2 + 3 Omega^2
  return {.sun_radius_pc = r0,
          .frame_rotation = omega,
          .oort_a = omega + b,
          .oort_b = b,
          .vertical_frequency = std::sqrt(-tides(2, 2))};
}

EpicyclicConstants chronostar_constants() {
  constexpr double kRate = 1e-3 * astrometry::kPcMyrPerKms;  // 1 km/s/kpc in rad/Myr
  const double a = 0.89 * 15.3 * kRate, b = 1.15 * -11.9 * kRate;
  const double gravity = 0.004498502151575285, density = 1.21 * 0.0889;  // pc^3/Msun/Myr^2, Msun/pc^3
  return {.sun_radius_pc = 8000.0,
          .frame_rotation = 220.0 / 8000.0,
          .oort_a = a,
          .oort_b = b,
          .vertical_frequency = std::sqrt(4.0 * std::numbers::pi * gravity * density + (a + b) * (a - b))};
}

}  // namespace praesepe::sim::association
