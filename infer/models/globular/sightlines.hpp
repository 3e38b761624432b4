// The stars as the collapsed likelihood uses them: one line of sight each, or several where the proper-motion noise is
// an ellipse; arranged in blocks, number by number, for SIMD.
//
// An ellipse of noise is the circle of its short axis smeared along the long one by a Gaussian of variance (long^2 -
// short^2), by Gauss-Hermite quadrature. The longer the ellipse the more nodes: a dispersion of the cluster's would
// blur what is between them, but faint stars of a distant cluster see none.
#pragma once

#include <array>
#include <vector>

#include "infer/models/globular/observed_star.hpp"
#include "infer/models/globular/quadrature.hpp"
#include "infer/models/systematics.hpp"

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
  std::array<int, kBlock> star;                ///< its number
  std::array<bool, kBlock> begins;             ///< the line is the star's first; its others follow
  std::size_t size = 0;                        ///< lines that count
};

struct Sightlines {
  std::vector<SightlineBlock> blocks;
  std::vector<bool> with_radial_velocity;  ///< of each block
  bool any_radial_velocity() const { return !with_radial_velocity.empty() && with_radial_velocity.back(); }
};

/// Of the stars in their order, but those with a radial velocity last. `smearing`: QuadratureRule::smearing, which
/// holds for ellipses up to an axis ratio of 4.5; error grows beyond.
Sightlines sightlines_of(const std::vector<ObservedStar>& stars, double smearing = QuadratureRule{}.smearing);

/// Numbers of blocks, about `size` apart, none of which goes on with a star of the block before; the first is 0 and the
/// last the number of all blocks.
std::vector<std::size_t> chunks_of(const std::vector<SightlineBlock>& blocks, std::size_t size);

/// Takes systematic errors off the parallaxes and motions of a block.
void correct(const Systematics& systematics, SightlineBlock& block);

}  // namespace praesepe::infer::models::globular
