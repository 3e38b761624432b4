// Directions as points of a plane: Lambert's azimuthal equal-area projection about a centre, in degrees.
//
//   (east, north) = (2 / (1 + n.s))^(1/2) (n.p, n.q)          p, q, s the triad of the centre (east, north, outwards)
//
// No wrap at ra = 0 and no poles; a density per square degree of the plane is one per square degree of sky everywhere.
// The plane ends at the circle of 2 rad, which is the centre's antipode. Accuracy: round trips to 1e-10 deg
// (tests/sim/mixture/sky_plane_test.cpp).
#pragma once

#include <Eigen/Core>

#include "sim/astrometry/coordinates.hpp"

namespace praesepe::sim::mixture {

/// A direction in ICRS, deg.
struct SkyDirection {
  double ra = 0.0;
  double dec = 0.0;
};

class SkyPlane {
 public:
  explicit SkyPlane(SkyDirection centre);

  /// (east, north), deg.
  Eigen::Vector2d to_plane(SkyDirection direction) const;
  /// ra in [0, 360). Points beyond the end of the plane are put on it.
  SkyDirection to_sky(const Eigen::Vector2d& point) const;

 private:
  astrometry::LocalTriad centre_;
};

}  // namespace praesepe::sim::mixture
