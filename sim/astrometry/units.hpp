// Units and constants, each named once. Lengths pc, masses Msun, speeds km/s, angles as named.
#pragma once

#include <numbers>

namespace praesepe::sim::astrometry {

/// Newton's constant, pc Msun^-1 (km/s)^2 (IAU 2015 nominal GM_sun over the IAU 2012 parsec).
inline constexpr double kGravity = 4.30091727e-3;
/// Speed of 1 mas/yr at 1 kpc, or of 1 AU/yr, in km/s: astronomical unit over Julian year.
inline constexpr double kKmsPerMasyrKpc = 4.740470463;
/// The same for a distance in pc: km/s per (mas/yr pc).
inline constexpr double kKmsPerMasyrPc = 1e-3 * kKmsPerMasyrKpc;
/// 1 km/s in pc/Myr: a Julian year over the IAU 2012 parsec.
inline constexpr double kPcMyrPerKms = 1.0227121650537077;
inline constexpr double kRadPerDeg = std::numbers::pi / 180.0;
inline constexpr double kMasPerDeg = 3.6e6;
inline constexpr double kRadPerMas = kRadPerDeg / kMasPerDeg;

/// Distance in pc of a parallax in mas, and back: the map is its own inverse.
inline constexpr double distance_pc(double parallax_mas) { return 1000.0 / parallax_mas; }

}  // namespace praesepe::sim::astrometry
