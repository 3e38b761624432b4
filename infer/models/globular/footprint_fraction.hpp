// A(theta): the chance that a star of the cluster lies in the footprint of a catalogue.
//
// About the direction c of the cluster's centre its stars' density on the sky is round, and M(beta) of cone_mass.hpp is
// its integral. By Stokes' theorem that over a disc is one along the disc's edge, at the angle s about the disc's
// centre,
//
//   A = 1/(2 pi) ∮ M(beta) dlambda = 1/(2 pi) ∮ ds M(beta) J / sin^2(beta)             lambda: position angle about c
//   cos(beta) = cos(rho) cos(delta) + sin(rho) sin(delta) cos(s)
//   J = sin(rho) (sin(rho) cos(delta) - cos(rho) sin(delta) cos(s))
//
// with rho the disc's radius and delta its centre's distance from c. The integrand is periodic and, M being even in
// beta, smooth wherever the edge passes the centre: the trapezoidal rule converges exponentially. Where the edge
// crosses that of the cluster it is as smooth as the cluster ends there. A missing core is another disc, taken off.
//
// Gradient: of M as given there; dA/ddelta = -sin(rho) ∮ ds cos(s) dM/dbeta / (2 pi sin(beta)), what a shift of the
// disc brings in and leaves out. Both are those of the integral, to which the sum agrees to its accuracy, 1e-6
// relative in A (footprint_fraction_test.cpp).
#pragma once

#include "infer/models/field/footprint.hpp"
#include "infer/models/globular/cone_mass.hpp"

namespace praesepe::infer::models::globular {

/// Below this fraction of its stars a cluster counts as not in the footprint: A would have too few digits.
inline constexpr double kSmallestFraction = 1e-4;

/// Keeps scratch space: one object per thread.
class FootprintFraction {
 public:
  /// Radii up to 90 deg.
  explicit FootprintFraction(const field::Footprint& footprint);

  /// ln A, and its gradient added to `by`; -infinity, and no gradient, where A < kSmallestFraction. `model`: that of
  /// `cluster`, solved.
  double log_value(const ClusterParameters& cluster, const sim::globular::LoweredIsothermal& model,
                   ClusterGradient& by);

 private:
  /// A, and what it changes with.
  struct Share {
    double value = 0.0, d_offset = 0.0, d_log_distance = 0.0, d_phi0 = 0.0, d_g = 0.0;
  };
  /// Adds a disc, or takes it off. `offset`: delta; `core`: r0 / D; all rad.
  void add_disc(double radius, double sign, double offset, double core, Share& sum) const;

  Eigen::Vector3d direction_;     // of the footprint's centre
  double radius_, inner_radius_;  // rad
  ConeMass cone_;
};

}  // namespace praesepe::infer::models::globular
