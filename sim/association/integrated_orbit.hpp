// Orbits through the field of the Milky Way by numerical integration: what epicycles approximate.
//
//   dx/dt = W x + v        dv/dt = W v + a(x) - a(0)        W = (0 -Omega 0; Omega 0 0; 0 0 0)
//
// in axes that turn with the LSR, Omega = V0 / R0, x and v relative to it; a the acceleration by the Galaxy, a(0) that
// of the LSR itself. The Jacobian obeys dJ/dt = (W 1; da/dx W) J and is integrated along with the orbit.
//
// Method: Runge-Kutta-Fehlberg 7(8), tolerance 1e-12. Energy and angular momentum are kept to 1e-12 over 150 Myr, and
// tracing back inverts to 1e-8 pc (tests/sim/association/integrated_orbit_test.cpp). Cost: 0.2 ms for 100 Myr,
// 0.4 ms with the Jacobian.
#pragma once

#include "sim/association/milky_way.hpp"
#include "sim/association/orbit.hpp"

namespace praesepe::sim::association {

class IntegratedOrbit final : public Orbit {
 public:
  explicit IntegratedOrbit(const MilkyWay& galaxy = MilkyWay()) : galaxy_(galaxy) {}

  Vector6 trace(const Vector6& start, double time_myr) const override;
  LinearisedOrbit linearise(const Vector6& start, double time_myr) const override;

 private:
  MilkyWay galaxy_;
};

}  // namespace praesepe::sim::association
