// An association today: a Gaussian in position and velocity at birth, carried along its mean's orbit.
//
//   mean = orbit(mean_birth, t)        C = J C_birth J^T        J = d mean / d mean_birth
//
// The linearisation holds while the association is small beside R0 and young beside a turn of the Galaxy.
#pragma once

#include "sim/association/orbit.hpp"

namespace praesepe::sim::association {

/// A birth ellipsoid that is round in position and round in velocity: standard deviations dxyz and duvw.
Gaussian6 birth_sphere(const Vector6& mean, double dxyz_pc, double duvw_kms);

Gaussian6 present_day(const Orbit& orbit, const Gaussian6& birth, double age_myr);

}  // namespace praesepe::sim::association
