// The five numbers of epicyclic orbits near the Sun.
//
// Consistent ones satisfy Omega = A - B, all in one unit: then circular orbits near the Sun's stay circular to first
// order in their distance from it (epicyclic_orbit.hpp).
#pragma once

#include "sim/association/milky_way.hpp"

namespace praesepe::sim::association {

/// Angular rates in rad/Myr.
struct EpicyclicConstants {
  double sun_radius_pc;
  double frame_rotation;      ///< Omega: how fast axes turn with the LSR
  double oort_a;              ///< A
  double oort_b;              ///< B < 0
  double vertical_frequency;  ///< nu
};

/// Those of small excursions from the circular orbit at R0: Omega = V0 / R0 = A - B, nu^2 = d^2 Phi / dz^2.
EpicyclicConstants epicyclic_constants(const MilkyWay& galaxy);

/// Chronostar's, to reproduce its numbers. Its Omega is V0 / R0 = 0.0275 km/s/pc taken for a rate per Myr (it is
/// 0.028125), and differs from A - B too: an error of 3 pc in 30 Myr for stars 200 pc off.
EpicyclicConstants chronostar_constants();

}  // namespace praesepe::sim::association
