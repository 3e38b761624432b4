// The likelihood of stars without a proper motion: the density of the cluster on the sky, or on the sky and in
// parallax.
//
//   p(alpha, delta, parallax | theta) = cos(delta) int dR R^2 n(r) N(parallax; 1000/R, sigma)       r = |R n - x_c|
//
// with n(r) of space_density.hpp: the density of collapsed_likelihood.hpp with its proper motion integrated out, in the
// same measure: per (rad^2 mas), of (alpha, delta). Without a parallax there is no factor N, and it is per rad^2.
//
// Along the line of sight R = z0 + z, z = a sinh t, Gauss-Legendre in t between the ends of sightline.hpp for a star
// whose motion is not known: 64 nodes. Without a parallax, and if the cluster does not reach the Sun, the integral is
// z0^2 r0 I_0 + r0^3 I_2, tabulated by line_moments.hpp. The gradient is the exact derivative of the discrete sum, or
// of the table. Accuracy: 2e-7 a star (projected_density_test.cpp, against Boost's quadrature).
#pragma once

#include <span>
#include <vector>

#include "infer/density/mixture.hpp"
#include "infer/models/globular/cluster_parameters.hpp"
#include "infer/models/globular/line_moments.hpp"
#include "infer/models/globular/quadrature.hpp"
#include "infer/models/globular/sightline.hpp"
#include "infer/models/globular/space_density.hpp"
#include "sim/astrometry/catalogue.hpp"

namespace praesepe::infer::models::globular {

/// Some stars of a catalogue, of which positions are used, and parallaxes where they are measured. Keeps scratch space:
/// one object per thread.
class ProjectedStars {
 public:
  /// `rows` (N) of the catalogue, from 0. Needs ra, dec; uses parallax where it and a positive parallax_error are
  /// there.
  ProjectedStars(const sim::astrometry::Catalogue& catalogue, std::span<const std::size_t> rows);

  /// ln p of each star (N), in the order of `rows`; -infinity outside the tidal radius. `model`: that of `cluster`,
  /// solved.
  void log_marginal(const ClusterParameters& cluster, const sim::globular::LoweredIsothermal& model,
                    density::Array& values);
  /// Adds sum_n weight_n d ln p_n to `by`, at the parameters of the last log_marginal; those of weight 0 add nothing.
  void pull_back(const ClusterParameters& cluster, const density::Array& weight, ClusterGradient& by) const;

 private:
  struct Term {
    double value;
    StarGradient gradient;
  };
  Term integrate(const Sightline& star, const ClusterState& state) const;
  Term look_up(const Sightline& star, const ClusterState& state) const;

  GaussLegendre rule_;
  std::vector<Sightline> stars_;  // (N)
  std::vector<Term> terms_;       // (N) of the last log_marginal
  SpaceDensity density_;
  LineMoments moments_;
};

}  // namespace praesepe::infer::models::globular
