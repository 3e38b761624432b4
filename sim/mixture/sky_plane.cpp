#include "sim/mixture/sky_plane.hpp"

#include <algorithm>
#include <cmath>

#include "sim/astrometry/units.hpp"

namespace praesepe::sim::mixture {

using astrometry::kRadPerDeg;

SkyPlane::SkyPlane(SkyDirection centre) : centre_(astrometry::local_triad(centre.ra, centre.dec)) {}

Eigen::Vector2d SkyPlane::to_plane(SkyDirection direction) const {
  const Eigen::Vector3d n = astrometry::local_triad(direction.ra, direction.dec).radial;
  const Eigen::Vector2d tangential(n.dot(centre_.east), n.dot(centre_.north));
  const double outwards = n.dot(centre_.radial);
  // 1 + n.s = |tangential|^2 / (1 - n.s): the form without cancellation on the far side
  const double closeness = outwards > 0.0 ? 1.0 + outwards : tangential.squaredNorm() / (1.0 - outwards);
  if (closeness <= 0.0) return {2.0 / kRadPerDeg, 0.0};
  return std::sqrt(2.0 / closeness) / kRadPerDeg * tangential;
}

SkyDirection SkyPlane::to_sky(const Eigen::Vector2d& point) const {
  Eigen::Vector2d radians = kRadPerDeg * point;
  if (radians.norm() > 2.0) radians *= 2.0 / radians.norm();
  const double quarter = std::min(1.0, 0.25 * radians.squaredNorm());
  const Eigen::Vector2d tangential = std::sqrt(1.0 - quarter) * radians;
  const Eigen::Vector3d n =
      tangential[0] * centre_.east + tangential[1] * centre_.north + (1.0 - 2.0 * quarter) * centre_.radial;
  return {astrometry::wrap_degrees(std::atan2(n[1], n[0]) / kRadPerDeg),
          std::atan2(n[2], std::hypot(n[0], n[1])) / kRadPerDeg};
}

}  // namespace praesepe::sim::mixture
