// Heliocentric positions and velocities: what a telescope measures (ICRS angles, parallax, proper motion, radial
// velocity) and Cartesian axes, exactly and both ways.
//
//   x = R r        R = 1000 / parallax      r = (cos a cos d, sin a cos d, sin d)
//   v = v_R r + k R (mu_alpha* p + mu_delta q),   k = 4.740470463e-3 km/s per (mas/yr pc)
//
// which is eqs 25-36 of Wen et al. (2023) written with the local triad (p east, q north, r outwards). The inverse takes
// scalar products with the same triad, so neither x = 0 nor the poles are special; on the polar axis itself ra = 0.
//
// Accuracy: round trips to 1e-12, at the poles and at ra = 0 too (tests/sim/astrometry/coordinates_test.cpp).
// Parallaxes and distances must be positive: the Sun itself has no direction.
#pragma once

#include <Eigen/Core>

namespace praesepe::sim::astrometry {

/// A star as it is observed from the Sun.
struct Icrs6 {
  double ra = 0.0;               ///< deg
  double dec = 0.0;              ///< deg
  double parallax = 0.0;         ///< mas
  double pmra = 0.0;             ///< mu_alpha* = mu_alpha cos(dec), mas/yr
  double pmdec = 0.0;            ///< mas/yr
  double radial_velocity = 0.0;  ///< km/s
};

/// The same star along Cartesian ICRS axes with the Sun at rest in the origin.
struct Cartesian6 {
  Eigen::Vector3d position_pc = Eigen::Vector3d::Zero();
  Eigen::Vector3d velocity_kms = Eigen::Vector3d::Zero();
};

/// Orthonormal, right-handed: radial = east x north.
struct LocalTriad {
  Eigen::Vector3d east;    ///< direction of growing ra
  Eigen::Vector3d north;   ///< direction of growing dec
  Eigen::Vector3d radial;  ///< away from the Sun
};

LocalTriad local_triad(double ra_deg, double dec_deg);

Cartesian6 to_cartesian(const Icrs6& star);

/// df / d(ra, dec, ...), per deg, mas, ..., of a function of to_cartesian(star) whose df / d(position, velocity), per
/// pc and km/s, is `slope`.
Icrs6 chain_to_icrs(const Icrs6& star, const Cartesian6& slope);

/// ra in [0, 360).
Icrs6 to_icrs(const Cartesian6& star);

/// An angle in deg brought into [0, 360).
double wrap_degrees(double angle_deg);

}  // namespace praesepe::sim::astrometry
