// From the ten parameters of a cluster to what its stars see, and the gradient back.
//
//   r0 = r_h / x_h,   s^2 = G M / (r0 m_t)              x_h, m_t: half-mass radius and mass of the dimensionless model
//   x = R n,   v = v_R n + k R (mu_alpha* p + mu_delta q)                      position and velocity of the centre
//
// Wen et al. (2023), eqs 25-30; p, q, n is the triad (east, north, outwards) at the centre.
#pragma once

#include <Eigen/Core>

#include "infer/density/log_density.hpp"
#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/globular/lowered_isothermal.hpp"

namespace praesepe::infer::models::globular {

using density::Vector;

/// Order and units of the parameters.
enum Index : Eigen::Index {
  kCentralPotential,   ///< phi0
  kOrder,              ///< g
  kLogMass,            ///< log10 of Msun
  kLogHalfMassRadius,  ///< log10 of pc
  kRa,                 ///< deg
  kDec,                ///< deg
  kParallax,           ///< mas
  kPmra,               ///< mas/yr
  kPmdec,              ///< mas/yr
  kRadialVelocity,     ///< km/s
  kParameters
};

/// d ln L with respect to what the stars see of the cluster.
struct ClusterGradient {
  double log_r0 = 0.0, log_s = 0.0, phi0 = 0.0, g = 0.0;
  double log_mass = 0.0, log_e = 0.0;  ///< ln m_t and ln E(g+3/2, Phi0), which normalise the distribution function
  Eigen::Vector3d position = Eigen::Vector3d::Zero();
  Eigen::Vector3d velocity = Eigen::Vector3d::Zero();
};

/// The cluster at theta, given the dimensionless model solved there.
class ClusterParameters {
 public:
  ClusterParameters(const Vector& theta, const sim::globular::LoweredIsothermal& model);

  double log_r0() const { return log_r0_; }  ///< r0 in pc
  double log_s() const { return log_s_; }    ///< s in km/s
  double log_mass() const { return log_mass_.value; }
  double log_e() const { return log_e_.value; }
  double distance() const { return sim::astrometry::distance_pc(centre_.parallax); }  ///< pc
  /// Of the centre, pc and km/s.
  sim::astrometry::Cartesian6 centre() const { return sim::astrometry::to_cartesian(centre_); }

  /// Adds d ln L / d theta to the first ten entries of gradient.
  void chain(ClusterGradient by, Vector& gradient) const;

 private:
  sim::globular::Sensitive log_xh_, log_mass_, log_e_;
  double log_r0_, log_s_;
  sim::astrometry::Icrs6 centre_;
};

}  // namespace praesepe::infer::models::globular
