#include "sim/association/epicyclic_orbit.hpp"

#include <cmath>
#include <numbers>

#include "sim/association/epicyclic_plane.hpp"
#include "sim/error.hpp"

namespace praesepe::sim::association {

namespace {

constexpr double kSpeed = astrometry::kPcMyrPerKms;
constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// How (z, w), pc and km/s, turn in a time; its derivative by that time is the same turn a quarter ahead.
Eigen::Matrix2d vertical(double nu, double phase) {
  const double c = std::cos(phase), s = std::sin(phase);
  Eigen::Matrix2d turn;
  turn << c, kSpeed / nu * s, -nu / kSpeed * s, c;
  return turn;
}
constexpr double kQuarter = 0.5 * std::numbers::pi;

}  // namespace

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
  constexpr double kRate = 1e-3 * kSpeed;  // 1 km/s/kpc in rad/Myr
  const double a = 0.89 * 15.3 * kRate, b = 1.15 * -11.9 * kRate;
  const double gravity = 0.004498502151575285, density = 1.21 * 0.0889;  // pc^3/Msun/Myr^2, Msun/pc^3
  return {.sun_radius_pc = 8000.0,
          .frame_rotation = 220.0 / 8000.0,
          .oort_a = a,
          .oort_b = b,
          .vertical_frequency = std::sqrt(4.0 * std::numbers::pi * gravity * density + (a + b) * (a - b))};
}

EpicyclicOrbit::EpicyclicOrbit(const EpicyclicConstants& constants) : constants_(constants) {
  if (!(constants.oort_b < 0.0 && constants.oort_a > constants.oort_b && constants.vertical_frequency > 0.0 &&
        constants.sun_radius_pc > 0.0)) {
    throw InputError("epicyclic orbit: B < 0 < A - B, a positive vertical frequency and a positive R0 were expected");
  }
}

Vector6 EpicyclicOrbit::trace(const Vector6& start, double time_myr) const {
  const auto [x, y, u, v] =
      follow<double>(constants_, {.x = start[0], .y = start[1], .u = start[3], .v = start[4]}, time_myr);
  const double phase = constants_.vertical_frequency * time_myr;
  const Eigen::Vector2d up = vertical(constants_.vertical_frequency, phase) * start({2, 5});
  return {x, y, up[0], u, v, up[1]};
}

LinearisedOrbit EpicyclicOrbit::linearise(const Vector6& start, double time_myr) const {
  return curve(start, time_myr).first;
}

CurvedOrbit EpicyclicOrbit::curve(const Vector6& start, double time_myr) const {
  using Second = Taylor<5>;  // in x, y, u, v and the time
  constexpr int kTime = 4;
  const auto [x, y, u, v] = follow<Second>(constants_,
                                           {.x = Second::variable(start[0], 0),
                                            .y = Second::variable(start[1], 1),
                                            .u = Second::variable(start[3], 2),
                                            .v = Second::variable(start[4], 3)},
                                           Second::variable(time_myr, kTime));
  CurvedOrbit orbit;
  orbit.first.jacobian.setZero();
  orbit.jacobian_by_time.setZero();
  for (Matrix6& slope : orbit.jacobian_by_start) slope.setZero();
  const std::array<const Second*, 4> ends = {&x, &y, &u, &v};
  for (int i = 0; i < 4; ++i) {
    const Second& end = *ends[at(i)];
    const int row = kInPlane[at(i)];
    orbit.first.state[row] = end.value;
    orbit.first.rate[row] = end.by(kTime);
    for (int j = 0; j < 4; ++j) {
      const int column = kInPlane[at(j)];
      orbit.first.jacobian(row, column) = end.by(j);
      orbit.jacobian_by_time(row, column) = end.by(j, kTime);
      for (int k = 0; k < 4; ++k) orbit.jacobian_by_start[at(kInPlane[at(k)])](row, column) = end.by(j, k);
    }
  }
  const double nu = constants_.vertical_frequency, phase = nu * time_myr;
  const Eigen::Matrix2d turn = vertical(nu, phase), turn_rate = nu * vertical(nu, phase + kQuarter);
  orbit.first.state({2, 5}) = turn * start({2, 5});
  orbit.first.rate({2, 5}) = turn_rate * start({2, 5});
  orbit.first.jacobian({2, 5}, {2, 5}) = turn;
  orbit.jacobian_by_time({2, 5}, {2, 5}) = turn_rate;
  return orbit;
}

}  // namespace praesepe::sim::association
