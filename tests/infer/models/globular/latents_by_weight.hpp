// The posterior of one star's latents at fixed parameters by brute force: weighted points that fill the space of its
// four unknown coordinates evenly.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "sim/astrometry/catalogue.hpp"

namespace praesepe::tests {

/// Points (n, 4) of distance (kpc), pmra, pmdec (mas/yr), radial_velocity (km/s), and their weights.
struct WeightedLatents {
  Eigen::MatrixXd points;
  Eigen::VectorXd weights;

  /// ln of the integral of the density: the star's likelihood per rad^2 mas (mas/yr)^2, and km/s if measured.
  double log_integral = 0.0;

  /// The largest distance between the distribution functions of column j and of the drawn values.
  double kolmogorov_smirnov(Eigen::Index j, std::vector<double> drawn) const;
};

/// The 6-D distribution function f/M at x(R), v(mu, v_R), times R^4 k^2 cos(dec) and the Gaussians of parallax and
/// proper motion, and of the radial velocity where it is measured, at `count` points of a lattice over (R, mu, v_R): R
/// over the chord of the tidal sphere, mu within 6.5 standard deviations of what the measured one and the parallax say,
/// v_R over what is bound.
WeightedLatents latents_by_weight(const sim::astrometry::Catalogue& catalogue, std::size_t row,
                                  const Eigen::VectorXd& theta, int count);

}  // namespace praesepe::tests
