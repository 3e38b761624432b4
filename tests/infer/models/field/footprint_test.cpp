#include "infer/models/field/footprint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::field {
namespace {

/// Beside the pole and across right ascension 0.
constexpr Footprint kDisc{0.5, 88.0, 5.0};

sim::astrometry::Catalogue places(const Footprint& disc, std::size_t count) {
  sim::random::Stream stream({1, 0, 0}, sim::random::Purpose::latents);
  std::vector<double> ra(count), dec(count);
  for (std::size_t n = 0; n < count; ++n) {
    const double first = stream.uniform(), second = stream.uniform();
    const auto star = place_in(disc, {first, second});
    ra[n] = star.ra;
    dec[n] = star.dec;
  }
  sim::astrometry::Catalogue catalogue(count);
  catalogue.add("ra", "deg", ra);
  catalogue.add("dec", "deg", dec);
  catalogue.add("component", "", std::vector<double>(count, 0.0));
  return catalogue;
}

/// How many of a disc's stars another disc holds is as their solid angles: 20000 stars, 4.5 standard deviations, false
/// alarm 7e-6 each.
TEST(Footprint, PlacesAreUniformOnTheSphere) {
  constexpr std::size_t kStars = 20000;
  const auto catalogue = places(kDisc, kStars);
  const auto inside = [&](const Footprint& other) {
    return static_cast<double>(log_sky_density(catalogue, other).isFinite().count()) / kStars;
  };
  EXPECT_EQ(inside({0.5, 88.0, 5.0 + 1e-9}), 1.0);
  for (const Footprint& other : {Footprint{0.5, 88.0, 2.0}, Footprint{0.0, 90.0, 2.0}, Footprint{180.0, 88.9, 1.0}}) {
    const double expected = solid_angle(catalogue, other.radius) / solid_angle(catalogue, kDisc.radius);
    EXPECT_NEAR(inside(other), expected, 4.5 * std::sqrt(expected * (1.0 - expected) / kStars)) << other.dec;
  }
}

TEST(Footprint, DensityIsOneOverTheSolidAngleInsideAndNoneOutside) {
  sim::astrometry::Catalogue catalogue(3);
  catalogue.add("ra", "deg", {359.9, 0.3, 2.0});
  catalogue.add("dec", "deg", {0.0, 0.4, 0.0});
  catalogue.add("component", "", {1.0, 1.0, 0.0});
  const Array density = log_sky_density(catalogue, {0.1, 0.0, 1.0});
  // a small disc: pi radius^2, to (radius / 1 rad)^2 / 12
  const double flat = M_PI * std::pow(sim::astrometry::kRadPerDeg, 2);
  EXPECT_NEAR(density[0], -std::log(flat), 3e-5);
  EXPECT_EQ(density[1], density[0]);
  EXPECT_EQ(density[2], -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(log_sky_density(catalogue, {0.0, 0.0, 0.0}).isFinite().all()) << "radius 0 holds every star";
  EXPECT_THROW(log_sky_density(catalogue, {180.0, 0.0, 1.0}), InputError);
}

// Or else nine stars at the edge of a cone would be members for sure, wherever they move.
TEST(Footprint, HoldsAllStarsOfACatalogueThatIsNoSimulation) {
  sim::astrometry::Catalogue catalogue(2);
  catalogue.origin = "stars.csv";
  catalogue.add("ra", "deg", {0.0, 2.0});
  catalogue.add("dec", "deg", {0.0, 0.0});
  EXPECT_TRUE(log_sky_density(catalogue, {1.0, 0.0, 1.1}).isFinite().all());
  try {
    log_sky_density(catalogue, {0.5, 0.0, 1.1});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("stars.csv: 1 of 2 stars lie outside the footprint"));
  }
}

}  // namespace
}  // namespace praesepe::infer::models::field
