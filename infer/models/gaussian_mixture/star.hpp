// A star as the Gaussian mixture sees it: an exact direction, and up to six measured numbers with their covariance.
//
// Rows of the data are ordered by what distance does to them: colour, magnitude, radial velocity, parallax have a
// covariance that does not depend on distance; that of the proper motions does. A row that was not measured becomes one
// of residual 0, variance 1 and no influence on anything, so that all stars have one shape; `measured` counts the
// others.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "sim/astrometry/catalogue.hpp"
#include "sim/mixture/sky_plane.hpp"

namespace praesepe::infer::models::gaussian_mixture {

enum Row : Eigen::Index { kColourRow, kMagnitudeRow, kVelocityRow, kParallaxRow, kPmraRow, kPmdecRow, kRows };

using Vector6 = Eigen::Matrix<double, kRows, 1>;
using Matrix6 = Eigen::Matrix<double, kRows, kRows>;

struct Star {
  Eigen::Vector2d direction;  ///< (east, north) in the plane of the mixture, deg
  Eigen::Matrix3d triad;      ///< rows: unit vectors east, north, outwards at the star
  Vector6 data;               ///< mag, mag, km/s, mas, mas/yr, mas/yr; 0 where missing
  Matrix6 noise;              ///< covariance; row and column of the unit matrix where missing
  Vector6 has;                ///< 1, or 0 where missing
  int measured;               ///< number of rows that are there
};

/// data NaN: missing; the noise of that row is not looked at.
Star make_star(const Eigen::Vector2d& direction, const Eigen::Matrix3d& triad, const Vector6& data,
               const Matrix6& noise);

/// The stars of a catalogue in Gaia's columns; any but ra and dec may be missing, in single cells or altogether.
/// Throws InputError where a star's astrometric errors are no covariance.
std::vector<Star> read_stars(const sim::astrometry::Catalogue& catalogue, const sim::mixture::SkyPlane& plane);

}  // namespace praesepe::infer::models::gaussian_mixture
