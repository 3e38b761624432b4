// A globular cluster as a lowered isothermal sphere in physical units: scales, profiles, velocity moments, distribution
// function and projected quantities.
//
//   f(r, v) = A E(g, (psi(r) - v^2/2) / s^2)   for v^2 < 2 psi, else 0;   psi = potential at the edge - potential at r
//   rho     = A (2 pi s^2)^(3/2) E(g+3/2, psi/s^2),     <v^2> = 3 s^2 E(g+5/2, psi/s^2) / E(g+3/2, psi/s^2)
//
// and for every velocity component that is integrated out, one half is added to the order and a factor sqrt(2 pi) s to
// f (Gieles & Zocchi 2015). Units: pc, Msun, km/s; f in Msun pc^-3 (km/s)^-3, its integral over phase space is the
// mass. Accuracy, for 1.5 <= phi0 <= 14 and g <= F_b: 1e-8 relative in all scales, 1e-7 in profiles up to 0.98 r_t
// (tests/sim/globular/globular_model_test.cpp). Cost: 0.5 ms to make, 0.5 microseconds a local value, 0.2 ms a
// projected one.
#pragma once

#include <vector>

#include "sim/astrometry/units.hpp"
#include "sim/globular/lowered_isothermal.hpp"

namespace praesepe::sim::globular {

struct GlobularParameters {
  double phi0 = 5.0;              ///< dimensionless central potential
  double g = 1.5;                 ///< truncation, 0 <= g < 3.5
  double mass = 1e5;              ///< Msun
  double half_mass_radius = 3.0;  ///< pc, in three dimensions
};

class GlobularModel {
 public:
  /// `gravity` is Newton's constant, pc Msun^-1 (km/s)^2. Throws InputError if a parameter is out of range or the model
  /// has no finite edge.
  explicit GlobularModel(const GlobularParameters& parameters, double gravity = astrometry::kGravity);

  const GlobularParameters& parameters() const { return parameters_; }
  const LoweredIsothermal& structure() const { return structure_; }

  double edge_radius() const { return r0_ * structure_.edge().value; }  ///< r_t, pc
  double virial_radius() const { return virial_radius_; }               ///< r_v = -G M^2 / (2 U), pc
  double king_radius() const { return r0_; }                            ///< r_0, pc
  double s2() const { return s2_; }                                     ///< s^2, (km/s)^2
  double amplitude() const { return amplitude_; }                       ///< A, Msun pc^-3 (km/s)^-3
  double central_density() const;                                       ///< rho(0), Msun pc^-3
  /// The radius (pc) inside which lies the given fraction of the mass, 0 <= fraction <= 1; by root finding, to
  /// rounding.
  double radius_of_mass_fraction(double fraction) const;

  // At the distance r (pc) from the centre, 0 <= r; outside the edge all but the mass are zero.
  double potential(double r) const;             ///< psi, (km/s)^2
  double density(double r) const;               ///< Msun pc^-3
  double mean_square_velocity(double r) const;  ///< of the three-dimensional velocity, (km/s)^2
  double mass_inside(double r) const;           ///< M(<r), Msun

  // The distribution function at (r, speed), pc and km/s; minus infinity for unbound stars and outside the edge.
  double log_df(double r, double speed) const;  ///< ln f
  double log_probability(double r,
                         double speed) const;  ///< ln f/M: probability density of one star's phase-space point
  /// ln of f/M with one velocity component integrated out; `speed` is that in the other two.
  double log_marginal_probability(double r, double speed) const;

  // Along the line of sight at the projected radius R, pc.
  double surface_density(double R) const;            ///< Sigma, Msun pc^-2
  double line_of_sight_dispersion2(double R) const;  ///< mean square line-of-sight velocity, (km/s)^2

 private:
  double log_marginal(double order, double r, double speed) const;
  /// Integrals along the line of sight of the density and of the one-dimensional pressure.
  struct Projection {
    double density = 0.0;
    double pressure = 0.0;
  };
  Projection project(double R) const;

  GlobularParameters parameters_;
  LoweredIsothermal structure_;
  double r0_ = 0.0;
  double s2_ = 0.0;
  double amplitude_ = 0.0;
  double virial_radius_ = 0.0;
  std::vector<double> node_mass_;  // dimensionless mass inside the left end of every interval of the table
};

}  // namespace praesepe::sim::globular
