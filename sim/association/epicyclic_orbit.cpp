#include "sim/association/epicyclic_orbit.hpp"

#include <cmath>
#include <numbers>

#include "sim/association/taylor.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"

namespace praesepe::sim::association {

namespace {

constexpr double kSpeed = astrometry::kPcMyrPerKms;

/// The part of a state that lies in the Galactic plane; x, y in pc, u, v in km/s.
template <class Scalar>
struct InPlane {
  Scalar x, y, u, v;
};
constexpr std::array<int, 4> kInPlane = {0, 1, 3, 4};  // where they stand in (X, Y, Z, U, V, W)
constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Steps 1 to 4 in the plane, for plain numbers and for those that carry derivatives.
template <class Scalar>
InPlane<Scalar> follow(const EpicyclicConstants& constants, const InPlane<Scalar>& start, const Scalar& time) {
  using std::cos, std::sin, std::sqrt;
  const double r0 = constants.sun_radius_pc, omega = constants.frame_rotation;
  const double a = constants.oort_a, b = constants.oort_b;
  const double kappa = std::sqrt(-4.0 * b * (a - b)), gamma = 2.0 * (a - b) / kappa;
  // 1
  const Scalar u0 = kSpeed * start.u - omega * start.y, v0 = kSpeed * start.v + omega * start.x;
  // 2
  const Scalar inwards = r0 - start.x;
  const Scalar radius0 = sqrt(inwards * inwards + start.y * start.y), inverse0 = 1.0 / radius0;
  const Scalar cos0 = inwards * inverse0, sin0 = start.y * inverse0;
  const Scalar xi0 = r0 - radius0, eta0 = r0 * angle(sin0, cos0);
  const Scalar xi_rate0 = u0 * cos0 - v0 * sin0, eta_rate0 = r0 * inverse0 * (u0 * sin0 + v0 * cos0);
  // 3
  const Scalar s = sin(kappa * time), c = cos(kappa * time);
  const Scalar g = 0.5 / b * (eta_rate0 - 2.0 * a * xi0), e = 1.0 / kappa * xi_rate0;
  const Scalar drift = 2.0 * a * (xi0 + g);
  const Scalar along_sine = e * s - g * c, along_cosine = g * s + e * c;
  const Scalar xi = xi0 + g + along_sine, eta = eta0 + drift * time + gamma * (e - along_cosine);
  const Scalar xi_rate = kappa * along_cosine, eta_rate = drift + gamma * kappa * along_sine;
  // 4
  const Scalar phi = 1.0 / r0 * eta, radius = r0 - xi;
  const Scalar sin1 = sin(phi), cos1 = cos(phi), speed = 1.0 / r0 * radius * eta_rate;
  const Scalar x = r0 - radius * cos1, y = radius * sin1;
  return {.x = x,
          .y = y,
          .u = 1.0 / kSpeed * (xi_rate * cos1 + speed * sin1 + omega * y),
          .v = 1.0 / kSpeed * (speed * cos1 - xi_rate * sin1 - omega * x)};
}

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
