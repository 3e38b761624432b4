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
    const double expected = solid_angle(catalogue, other) / solid_angle(catalogue, kDisc);
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

/// A ring: places fill it evenly, and the density is one over what is left of the disc.
TEST(Footprint, MayLackItsCore) {
  constexpr std::size_t kStars = 20000;
  const Footprint ring{0.5, 88.0, 5.0, 3.0}, half{0.5, 88.0, 4.0, 3.0};
  const auto catalogue = places(ring, kStars);
  const Array density = log_sky_density(catalogue, {0.5, 88.0, 5.0 + 1e-9, 3.0 - 1e-9});
  EXPECT_TRUE(density.isFinite().all());
  EXPECT_NEAR(density[0],
              -std::log(solid_angle(catalogue, {0.5, 88.0, 5.0}) - solid_angle(catalogue, {0.5, 88.0, 3.0})), 1e-7);
  // 4.5 standard deviations of a binomial number, false alarm 7e-6
  const double share = solid_angle(catalogue, half) / solid_angle(catalogue, ring);
  const auto inside = log_sky_density(catalogue, half).isFinite().count();
  EXPECT_NEAR(static_cast<double>(inside) / kStars, share, 4.5 * std::sqrt(share * (1.0 - share) / kStars));
  EXPECT_EQ((log_sky_density(catalogue, kDisc).isFinite()).count(), static_cast<Eigen::Index>(kStars));
}

TEST(Footprint, NamesTheRowThatLiesOutside) {
  sim::astrometry::Catalogue catalogue(3);
  catalogue.origin = "stars.csv";
  catalogue.add("ra", "deg", {359.5, 0.5, 0.01});
  catalogue.add("dec", "deg", {0.0, 0.0, 0.0});
  EXPECT_NO_THROW(check_inside(catalogue, {0.0, 0.0, 1.0}));
  const auto message = [&](const Footprint& footprint) -> std::string {
    try {
      check_inside(catalogue, footprint);
    } catch (const InputError& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_THAT(message({0.0, 0.0, 1.0, 0.1}), testing::StartsWith("stars.csv, row 3"));
  EXPECT_THAT(message({359.8, 0.0, 0.6}), testing::StartsWith("stars.csv, row 2"));
}

}  // namespace
}  // namespace praesepe::infer::models::field
