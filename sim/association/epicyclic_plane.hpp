// The in-plane part of an epicyclic orbit, for plain numbers and for those that carry derivatives.
#pragma once

#include <array>
#include <cmath>

#include "sim/association/epicyclic_orbit.hpp"
#include "sim/association/taylor.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::sim::association {

/// The part of a state that lies in the Galactic plane; x, y in pc, u, v in km/s.
template <class Scalar>
struct InPlane {
  Scalar x, y, u, v;
};
inline constexpr std::array<int, 4> kInPlane = {0, 1, 3, 4};  ///< where they stand in (X, Y, Z, U, V, W)

/// Steps 1 to 4 of epicyclic_orbit.hpp for what lies in the plane. Scalar: double, or a Taylor number.
template <class Scalar>
InPlane<Scalar> follow(const EpicyclicConstants& constants, const InPlane<Scalar>& start, const Scalar& time) {
  using std::cos, std::sin, std::sqrt;
  constexpr double kSpeed = astrometry::kPcMyrPerKms;
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

}  // namespace praesepe::sim::association
