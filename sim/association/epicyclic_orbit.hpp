// Orbits near the Sun in closed form: epicycles about a guiding centre, with every first and second derivative.
//
//   1  velocities in pc/Myr, relative to axes that turn with the LSR:    u -= Omega y,  v += Omega x
//   2  curvilinear:  R, phi about the Galactic centre;   xi = R0 - R,  eta = R0 phi,  and their rates xi', eta'
//   3  epicycles (Makarov, Olling & Teuben 2004), c, s = cos, sin(kappa t):
//        g = (eta'_0 - 2 A xi_0) / 2B,   e = xi'_0 / kappa,   gamma = 2 (A - B) / kappa,   kappa^2 = -4 B (A - B)
//        xi = (xi_0 + g) + e s - g c          eta = eta_0 + 2 A (xi_0 + g) t - gamma (g s - e (1 - c))
//      and z, w turn with the vertical frequency nu
//   4  back: 2 and 1 inverted
//
// The guiding centre lies xi_0 + g inside the Sun's circle and drifts past it with the shear 2 A. Steps 1, 2 and 4 are
// exact, so 3 is a flow: tracing back inverts to rounding, and the LSR at rest stays where it is.
//
// Consistent constants satisfy Omega = A - B, all in one unit: then xi', eta' of step 2 are the rates of xi, eta in the
// frame in which 3 solves Hill's equations, and circular orbits near the Sun's stay circular to first order in xi / R0.
// Accuracy: the error is of second order in the excursion; for 120 pc and 2.4 km/s it is 3.5 pc after 30 Myr and 22 pc
// after 100 Myr (tests/sim/association/integrated_orbit_test.cpp). Cost: 0.05 us a state, 2 us with all second
// derivatives.
#pragma once

#include <array>

#include "sim/association/milky_way.hpp"
#include "sim/association/orbit.hpp"

namespace praesepe::sim::association {

/// Angular rates in rad/Myr.
struct EpicyclicConstants {
  double sun_radius_pc;
  double frame_rotation;      ///< Omega: how fast the axes of step 1 turn
  double oort_a;              ///< A
  double oort_b;              ///< B < 0
  double vertical_frequency;  ///< nu
};

/// Those of small excursions from the circular orbit at R0: Omega = V0 / R0 = A - B, nu^2 = d^2 Phi / dz^2.
EpicyclicConstants epicyclic_constants(const MilkyWay& galaxy);

/// Chronostar's, to reproduce its numbers. Its Omega is V0 / R0 = 0.0275 km/s/pc taken for a rate per Myr (it is
/// 0.028125), and differs from A - B too: an error of 3 pc in 30 Myr for stars 200 pc off.
EpicyclicConstants chronostar_constants();

/// An orbit and how its Jacobian moves with the start and the time.
struct CurvedOrbit {
  LinearisedOrbit first;
  std::array<Matrix6, 6> jacobian_by_start;  ///< [k](i, j): d^2 state_i / d start_j d start_k; zero for k = z, w
  Matrix6 jacobian_by_time;                  ///< d jacobian / dt, per Myr
};

class EpicyclicOrbit final : public Orbit {
 public:
  /// Throws InputError unless B < 0 < A - B, 0 < nu and 0 < R0.
  explicit EpicyclicOrbit(const EpicyclicConstants& constants = epicyclic_constants(MilkyWay()));

  Vector6 trace(const Vector6& start, double time_myr) const override;
  LinearisedOrbit linearise(const Vector6& start, double time_myr) const override;
  CurvedOrbit curve(const Vector6& start, double time_myr) const;
  const EpicyclicConstants& constants() const { return constants_; }

 private:
  EpicyclicConstants constants_;
};

}  // namespace praesepe::sim::association
