// Where a star is after some time: the map from a state to a state that every law of motion in the Galaxy offers.
//
// States are (X, Y, Z, U, V, W) relative to the LSR (phase_space.hpp), times Myr; positive times lead to the future.
// Laws do not depend on the date, so trace(trace(s, t1), t2) = trace(s, t1 + t2), and tracing back by -t inverts.
#pragma once

#include "sim/association/phase_space.hpp"

namespace praesepe::sim::association {

/// The end of an orbit and how it moves with the start and the time.
struct LinearisedOrbit {
  Vector6 state = Vector6::Zero();
  Matrix6 jacobian = Matrix6::Identity();  ///< d state_i / d start_j
  Vector6 rate = Vector6::Zero();          ///< d state / dt, per Myr
};

class Orbit {
 public:
  virtual ~Orbit() = default;
  virtual Vector6 trace(const Vector6& start, double time_myr) const = 0;
  virtual LinearisedOrbit linearise(const Vector6& start, double time_myr) const = 0;
};

}  // namespace praesepe::sim::association
