// A star of a catalogue as those parts of the study see it that keep its latents.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "sim/astrometry/catalogue.hpp"
#include "sim/astrometry/coordinates.hpp"

namespace praesepe::infer::models::globular {

struct ObservedStar {
  double ra, dec;                     ///< deg
  double ra_error, dec_error;         ///< mas, of ra* = ra cos(dec) and of dec; 0 where none is given
  sim::astrometry::LocalTriad triad;  ///< at (ra, dec)
  double parallax;                    ///< mas; ignored where inverse_parallax_error is 0
  double inverse_parallax_error;      ///< mas^-1; 0: not measured
  Eigen::Vector2d motion;             ///< k mu, (east, north), km/s per pc
  Eigen::Vector2d variance;           ///< of the noise of k mu along its principal axes, (km/s per pc)^2
  Eigen::Matrix2d axes;               ///< these axes, as columns
};

/// Needs ra, dec, pmra, pmdec with errors; parallax where it is measured; uses pmra_pmdec_corr, ra_error, dec_error if
/// there. Throws InputError (file, row, column) for a star without proper motion.
std::vector<ObservedStar> observed_stars(const sim::astrometry::Catalogue& catalogue);

}  // namespace praesepe::infer::models::globular
