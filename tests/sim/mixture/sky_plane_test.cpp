#include "sim/mixture/sky_plane.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/astrometry/units.hpp"

namespace praesepe::sim::mixture {
namespace {

using astrometry::kRadPerDeg;

TEST(SkyPlane, RoundTripsEverywhereButAtTheAntipode) {
  for (const SkyDirection centre : {SkyDirection{0.0, 0.0}, SkyDirection{359.9, 89.9}, SkyDirection{130.0, -90.0}}) {
    const SkyPlane plane(centre);
    for (const SkyDirection d : {SkyDirection{0.001, 0.001}, SkyDirection{359.999, 45.0}, SkyDirection{77.0, -89.99},
                                 SkyDirection{200.0, 89.99}, SkyDirection{310.0, -20.0}}) {
      const auto back = plane.to_sky(plane.to_plane(d));
      EXPECT_NEAR(std::remainder(back.ra - d.ra, 360.0) * std::cos(d.dec * kRadPerDeg), 0.0, 1e-10);
      EXPECT_NEAR(back.dec, d.dec, 1e-10);
    }
  }
}

TEST(SkyPlane, KeepsAreas) {
  const SkyPlane plane({40.0, 60.0});
  const double h = 1e-4;
  for (const SkyDirection d : {SkyDirection{41.0, 61.0}, SkyDirection{150.0, 0.0}, SkyDirection{230.0, -30.0}}) {
    const Eigen::Vector2d along_ra = plane.to_plane({d.ra + h, d.dec}) - plane.to_plane({d.ra - h, d.dec});
    const Eigen::Vector2d along_dec = plane.to_plane({d.ra, d.dec + h}) - plane.to_plane({d.ra, d.dec - h});
    const double area = along_ra[0] * along_dec[1] - along_ra[1] * along_dec[0];
    EXPECT_NEAR(area / (4.0 * h * h * std::cos(d.dec * kRadPerDeg)), 1.0, 1e-6);
  }
}

TEST(SkyPlane, PointsNorthAndEastAtItsCentre) {
  const SkyPlane plane({130.0, 20.0});
  EXPECT_NEAR(plane.to_plane({130.0, 21.0})[1], 1.0, 1e-4);
  EXPECT_NEAR(plane.to_plane({131.0, 20.0})[0], std::cos(20.0 * kRadPerDeg), 1e-4);
}

TEST(SkyPlane, EndsAtTheAntipode) {
  const SkyPlane plane({130.0, 20.0});
  const double end = 2.0 / kRadPerDeg;
  EXPECT_NEAR(plane.to_plane({310.0, -20.0}).norm(), end, 1e-6);
  const auto beyond = plane.to_sky({0.0, 2.0 * end});
  EXPECT_NEAR(beyond.ra, 310.0, 1e-6);
  EXPECT_NEAR(beyond.dec, -20.0, 1e-6);
}

}  // namespace
}  // namespace praesepe::sim::mixture
