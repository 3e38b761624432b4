#include "infer/models/gaussian_mixture/distance_quadrature.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/infer/models/gaussian_mixture/regimes.hpp"

namespace praesepe::infer::models::gaussian_mixture {
namespace {

using sim::random::Purpose;
using sim::random::Stream;
using tests::Regime;

/// log of the integral over 1e-7 < r / kpc < 1e3 by 100,000 steps in log r.
double brute_force(const DistanceIntegrand& integrand) {
  constexpr int kSteps = 100000;
  const double from = std::log(1e-7), to = std::log(1e3), h = (to - from) / kSteps;
  double largest = -1e300, sum = 0.0;
  for (int i = 0; i <= kSteps; ++i) {
    const double t = from + i * h, value = integrand.log_density(std::exp(t), t) + t;
    if (value > largest) {
      sum *= std::exp(largest - value);
      largest = value;
    }
    sum += std::exp(value - largest);
  }
  return largest + std::log(h * sum);
}

double largest_error(const Regime& regime, int stars, std::uint64_t seed) {
  Stream stream({seed, 0, 0}, Purpose::latents);
  double largest = 0.0;
  for (int i = 0; i < stars; ++i) {
    const auto [star, component, dust] = tests::draw(regime, stream);
    const DistanceIntegrand integrand(star, component, dust);
    const double exact = brute_force(integrand);
    const double error = std::abs(integrate(integrand, QuadratureRule::standard()).log_value - exact);
    largest = std::max(largest, error / std::max(1.0, 1e-2 * std::abs(exact)));
  }
  return largest;
}

TEST(DistanceQuadrature, IsAccurateFromPreciseToUselessParallaxes) {
  for (const double snr : {0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0}) {
    EXPECT_LT(largest_error({.parallax_to_noise = snr}, 12, 21), 1e-5) << snr;
    EXPECT_LT(largest_error({.parallax_to_noise = snr, .photometry = false, .radial_velocity = false}, 12, 22), 1e-5)
        << snr;
  }
}

TEST(DistanceQuadrature, IsAccurateFromNarrowClustersToFieldsThatReachTheSun) {
  for (const double depth : {1e-3, 0.01, 0.1, 0.5, 1.0, 3.0}) {
    EXPECT_LT(largest_error({.relative_depth = depth, .parallax_to_noise = 3.0}, 12, 23), 1e-5) << depth;
    EXPECT_LT(largest_error({.relative_depth = depth, .parallax_to_noise = 0.3, .photometry = false}, 12, 24), 1e-5)
        << depth;
  }
}

TEST(DistanceQuadrature, IsAccurateWithoutAstrometry) {
  EXPECT_LT(largest_error({.relative_depth = 1.0, .astrometry = false}, 12, 25), 1e-5);
  EXPECT_LT(largest_error({.relative_depth = 1.0, .photometry = false, .astrometry = false}, 12, 26), 1e-5);
}

TEST(DistanceQuadrature, IsAccurateForStarsThatDoNotBelong) {
  for (const double stranger : {3.0, 10.0, 100.0}) {
    EXPECT_LT(largest_error({.parallax_to_noise = 10.0, .stranger = stranger}, 20, 27), 1e-5) << stranger;
    EXPECT_LT(largest_error({.relative_depth = 0.02, .parallax_to_noise = 30.0, .stranger = stranger}, 20, 28), 1e-5)
        << stranger;
  }
}

}  // namespace
}  // namespace praesepe::infer::models::gaussian_mixture
