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
// after 100 Myr (tests/sim/association/integrated_orbit_test.cpp). Cost: 0.3 us a state with its Jacobian.
#pragma once

#include "sim/association/epicyclic_plane.hpp"
#include "sim/association/orbit.hpp"

namespace praesepe::sim::association {

/// An orbit and how its Jacobian moves with the start and the time.
class CurvedOrbit {
 public:
  CurvedOrbit(const EpicyclicConstants& constants, const Vector6& start, double time_myr);

  const LinearisedOrbit& first() const { return first_; }
  const Matrix6& inverse_jacobian() const { return inverse_jacobian_; }

  struct Slopes {
    Vector6 by_start;
    double by_time;  ///< per Myr
  };
  /// Of sum_ij k_ij jacobian_ij.
  Slopes pull_back(const Matrix6& k) const;

  /// What the orbits of all stars share: M of the plane, and how the Jacobian of (z, w) moves with the time.
  const EpicyclicTurn& turn() const { return turn_; }
  const Eigen::Matrix2d& upright_rate() const { return upright_rate_; }

 private:
  EpicyclicTurn turn_;
  Eigen::Matrix2d upright_rate_;
  Vector4<double> start_;
  LinearisedOrbit first_;
  Matrix6 inverse_jacobian_ = Matrix6::Zero();
};

class EpicyclicOrbit final : public Orbit {
 public:
  /// Throws InputError unless B < 0 < A - B, 0 < nu and 0 < R0.
  explicit EpicyclicOrbit(const EpicyclicConstants& constants = epicyclic_constants(MilkyWay()));

  Vector6 trace(const Vector6& start, double time_myr) const override;
  LinearisedOrbit linearise(const Vector6& start, double time_myr) const override;
  CurvedOrbit curve(const Vector6& start, double time_myr) const { return {constants_, start, time_myr}; }
  const EpicyclicConstants& constants() const { return constants_; }

 private:
  EpicyclicConstants constants_;
};

}  // namespace praesepe::sim::association
