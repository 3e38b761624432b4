// The gravitational field of the Milky Way, axisymmetric and at rest: MWPotential2014 of Bovy (2015, ApJS 216, 29).
//
//   bulge   density ~ r^-1.8 exp(-(r / 1.9 kpc)^2)                            5 % of V0^2 at R0
//   disc    Miyamoto & Nagai (1975), a = 3 kpc, b = 0.28 kpc                 60 %
//   halo    Navarro, Frenk & White (1997), scale radius 16 kpc               35 %        R0 = 8 kpc, V0 = 220 km/s
//
// Positions are Cartesian about the Galactic centre, pc, Z to the north pole; times Myr. The potential vanishes at
// infinity; the centre itself is excluded. Equal to galpy's frequencies to 1e-8
// (tests/sim/association/milky_way_test.cpp).
#pragma once

#include <Eigen/Core>

namespace praesepe::sim::association {

class MilkyWay {
 public:
  MilkyWay();

  double sun_radius_pc() const;
  /// Angular speed of the circular orbit at R0, V0 / R0, rad/Myr.
  double sun_rotation() const;

  /// (pc/Myr)^2.
  double potential(const Eigen::Vector3d& place) const;
  /// pc/Myr^2.
  Eigen::Vector3d acceleration(const Eigen::Vector3d& place) const;
  /// d acceleration_i / d place_j, 1/Myr^2; minus its trace is 4 pi G rho.
  Eigen::Matrix3d tides(const Eigen::Vector3d& place) const;

 private:
  // G times masses, pc^3/Myr^2; of the halo, that of 4 pi rho_s r_s^3.
  double bulge_;
  double disc_;
  double halo_;
};

}  // namespace praesepe::sim::association
