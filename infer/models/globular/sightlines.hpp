// The stars as the collapsed likelihood uses them: one line of sight each, or three where the proper-motion noise is an
// ellipse; arranged in blocks, number by number, for SIMD.
//
// Noise. A parallax that is correlated with the proper motion says something of its noise: given the true distance R
// the motion's noise has the mean b (parallax - 1000/R), b = cov / var, and what is left of its covariance. So the
// star's velocity on the sky is that of the motion mu - b parallax at the distance R, plus the constant 1000 k b:
// linear in R as without correlation. An ellipse is the circle of its short axis smeared along the long one by a
// Gaussian of variance (long^2 - short^2): three Gauss-Hermite nodes, exact to fifth moments.
#pragma once

#include <array>
#include <vector>

#include "sim/astrometry/catalogue.hpp"

namespace praesepe::infer::models::globular {

/// Stars at a time: their node arrays stay in the nearest caches. A multiple of every SIMD width.
inline constexpr std::size_t kBlock = 16;

/// Constants of kBlock lines of sight. A block that is not full repeats its first line.
struct SightlineBlock {
  using Row = std::array<double, kBlock>;

  std::array<Row, 3> direction, east, north;   ///< the star's triad
  Row parallax;                                ///< mas; ignored where inverse_parallax_error is 0
  Row inverse_parallax_error;                  ///< mas^-1; 0: not measured
  Row east_motion, north_motion;               ///< k mu (km/s per pc)
  Row east_offset, north_offset;               ///< km/s: R times the motion, plus this, is the velocity on the sky
  Row motion_error;                            ///< k sigma_mu, per component (km/s per pc)
  Row radial_velocity, radial_velocity_error;  ///< km/s; all of a block are measured, or none
  Row log_weight;                              ///< of a node of the smearing, and of the star's constant factors
  std::array<int, kBlock> star;                ///< row of the catalogue
  std::size_t size = 0;                        ///< lines that count
};

struct Sightlines {
  std::vector<SightlineBlock> blocks;
  std::vector<bool> with_radial_velocity;  ///< of each block
  bool any_radial_velocity() const { return !with_radial_velocity.empty() && with_radial_velocity.back(); }
};

/// Throws InputError for a star without position.
Sightlines sightlines_of(const sim::astrometry::Catalogue& catalogue);

}  // namespace praesepe::infer::models::globular
