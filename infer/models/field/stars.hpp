// The stars of a catalogue as the membership models read them: measured astrometry with its covariance.
#pragma once

#include <Eigen/Core>

#include "infer/em/noisy_points.hpp"
#include "sim/astrometry/catalogue.hpp"

namespace praesepe::infer::models::field {

using Array = Eigen::ArrayXd;

/// Proper motions with the covariance of their errors.
struct ProperMotions {
  Array pmra, pmdec;               ///< (N) mas/yr; NaN where missing
  Array var_pmra, var_pmdec, cov;  ///< (N) (mas/yr)^2
};

/// A measurement of one number.
struct Measured {
  Array value, variance;  ///< (N); value NaN where missing
};

/// Covariance of the errors of the parallax with those of the proper motions.
struct ParallaxCovariance {
  Array pmra, pmdec;  ///< (N) mas mas/yr
};

/// What Gaia measures of the stars beside their places.
struct Astrometry {
  Measured parallax;  ///< mas
  ProperMotions motions;
  ParallaxCovariance covariance;
};

/// Unit vectors towards the star, east and north of it.
struct Directions {
  Eigen::Matrix3Xd radial, east, north;  ///< (3, N)
};

/// All missing if the catalogue has none.
ProperMotions proper_motions(const sim::astrometry::Catalogue& catalogue);
/// Of a column with its error; all missing if the catalogue has none.
Measured measured(const sim::astrometry::Catalogue& catalogue, const std::string& column);
ParallaxCovariance parallax_covariance(const sim::astrometry::Catalogue& catalogue);
Astrometry astrometry(const sim::astrometry::Catalogue& catalogue);
/// Points of two dimensions for EM.
em::NoisyPoints noisy_motions(const ProperMotions& motions);
Directions directions(const sim::astrometry::Catalogue& catalogue);

}  // namespace praesepe::infer::models::field
