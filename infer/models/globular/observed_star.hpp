// A star of a catalogue as the globular study sees it: what is measured of it, with which noise.
//
// A parallax that is correlated with the proper motion says something of its noise: given the true distance R the
// motion's noise has the mean b (parallax - 1000/R), b = cov / var, and what is left of its covariance. So the star's
// velocity on the sky is that of the motion mu - b parallax at the distance R, plus the constant 1000 k b: linear in R
// as without correlation.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "infer/models/systematics.hpp"
#include "sim/astrometry/catalogue.hpp"
#include "sim/astrometry/coordinates.hpp"

namespace praesepe::infer::models::globular {

struct ObservedStar {
  double ra, dec;                            ///< deg
  double ra_error = 0, dec_error = 0;        ///< mas, of ra* = ra cos(dec) and of dec; 0 where none is given
  sim::astrometry::LocalTriad triad;         ///< at (ra, dec)
  double parallax = 0;                       ///< mas; ignored where inverse_parallax_error is 0
  double inverse_parallax_error = 0;         ///< mas^-1; 0: not measured
  bool has_motion = false;                   ///< without, motion is 0 and variance so large that it says nothing
  Eigen::Vector2d motion = {}, offset = {};  ///< k (mu - b parallax), (east, north), km/s per pc; 1000 k b, km/s
  Eigen::Vector2d variance = {};     ///< of the noise of k mu given the parallax, along its principal axes, shorter
                                     ///< first, (km/s per pc)^2
  Eigen::Matrix2d axes = {};         ///< these axes, as columns
  double radial_velocity = 0;        ///< km/s; ignored where its error is 0
  double radial_velocity_error = 0;  ///< km/s; 0: not measured
  double log_constant = 0;           ///< ln of what its likelihood has, whatever the parameters: the parallax's
                                     ///< 1/sqrt(2 pi) sigma, and 2 pi sigma^2 of a motion that is not measured

  Eigen::Vector2d measured_motion() const { return motion + 1e-3 * parallax * offset; }  ///< k mu
};

/// Uses what is there: ra_error, dec_error; parallax; pmra and pmdec; radial_velocity, each with its error;
/// parallax_pmra_corr, parallax_pmdec_corr, pmra_pmdec_corr. Throws InputError (file, row, column) for a value without
/// error, half a proper motion, and correlations that no errors can have.
std::vector<ObservedStar> observed_stars(const sim::astrometry::Catalogue& catalogue);

/// The star as it were measured without systematic errors.
ObservedStar corrected(ObservedStar star, const Systematics& systematics);

}  // namespace praesepe::infer::models::globular
