#include "infer/models/cluster_distance/distance_integral.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/infer/models/cluster_distance/brute_force.hpp"

namespace praesepe::infer::models::cluster_distance {
namespace {

void expect_brute_force(const Population& population, const Measurement& star) {
  const DistanceIntegral found = integrate_distance(population, star);
  const DistanceIntegral expected = tests::brute_force_distance(population, star);
  const std::string where = "mu " + std::to_string(population.mean) + " s " + std::to_string(population.sd) +
                            " parallax " + std::to_string(star.parallax) + " error " + std::to_string(star.error);
  // An exponent of 1e8 has no digits beyond 1e-8 to give.
  EXPECT_NEAR(found.log_value, expected.log_value, 2e-8 + 1e-15 * std::abs(expected.log_value)) << where;
  EXPECT_NEAR(found.first, expected.first, 1e-6 * std::max(1.0, std::abs(expected.first))) << where;
  EXPECT_NEAR(found.second, expected.second, 1e-6 * std::max(1.0, expected.second)) << where;
}

/// Stars of the population and far from it, measured well and badly: (where in the population, sd) x (noise, sd).
void expect_brute_force_over_stars(const Population& population, double error) {
  for (const double k : {-3.0, 0.0, 2.0}) {
    const double r = population.mean + k * population.sd;
    if (r <= 0.0) continue;
    for (const double noise : {-4.0, -0.5, 3.0}) expect_brute_force(population, {1.0 / r + noise * error, error});
  }
}

TEST(DistanceIntegral, IsThatOfAdaptiveQuadratureWhereTheDepthIsFarBelowTheNoise) {
  for (const double error : {0.03, 0.3, 3.0}) expect_brute_force_over_stars({5.0, 0.01}, error);
  expect_brute_force_over_stars({0.5, std::exp(-8.0)}, 0.05);
}

TEST(DistanceIntegral, IsThatOfAdaptiveQuadratureWhereTheNoiseIsFarBelowTheDepth) {
  for (const double error : {1e-4, 1e-2}) expect_brute_force_over_stars({0.5, 0.1}, error);
  expect_brute_force_over_stars({3.0, 1.0}, 0.003);
}

TEST(DistanceIntegral, IsThatOfAdaptiveQuadratureWhereDepthAndNoiseAreComparable) {
  expect_brute_force_over_stars({0.5, 0.01}, 0.04);
  expect_brute_force_over_stars({1.0, 0.2}, 0.2);
  expect_brute_force_over_stars({10.0, 1.0}, 0.01);
}

TEST(DistanceIntegral, IsThatOfAdaptiveQuadratureWhereTheCutAtZeroMatters) {
  for (const double mean : {0.01, 0.3, 1.0, 3.0}) {
    for (const double error : {0.01, 0.3, 5.0}) expect_brute_force_over_stars({mean, 1.0}, error);
  }
}

TEST(DistanceIntegral, IsThatOfAdaptiveQuadratureForDistantStarsAndNegativeParallaxes) {
  for (const double error : {0.1, 0.5, 2.0}) {
    expect_brute_force_over_stars({20.0, 2.0}, error);
    expect_brute_force({8.0, 0.5}, {-5.0 * error, error});
    expect_brute_force({8.0, 3.0}, {-0.1, error});
  }
}

TEST(DistanceIntegral, IsThatOfAdaptiveQuadratureForAStarWithAPeakAtTheClusterAndOneAtItsParallax) {
  // parallax/error = mean/sd makes both equally high: from two that merge to two that are far apart.
  for (const double sharpness : {3.0, 6.0, 12.0, 50.0, 300.0}) {
    for (const double ratio : {2.2, 4.0, 10.0}) {
      for (const double balance : {0.95, 1.0, 1.05}) {
        expect_brute_force({5.0, 5.0 / sharpness}, {0.2 * ratio, 0.2 * ratio * balance / sharpness});
      }
    }
  }
}

}  // namespace
}  // namespace praesepe::infer::models::cluster_distance
