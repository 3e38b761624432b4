// Sampled stars against the distribution functions of radius and speed.
//
// False-alarm rate: every Kolmogorov-Smirnov statement fails by chance once in 1e7 (sqrt(N) D < 2.9; 45 statements).
// Seen to fail with the exponent b + 1/2 of the first velocity component replaced by b.
#include "sim/globular/star_sampler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>

#include "sim/globular/e_gamma.hpp"

namespace praesepe::sim::globular {
namespace {

constexpr std::size_t kStars = 100000;

/// sqrt(N) times the largest distance between the distribution of `u` and the uniform one on (0, 1).
double kolmogorov_smirnov(std::vector<double> u) {
  std::sort(u.begin(), u.end());
  const auto n = static_cast<double>(u.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const auto below = static_cast<double>(i);
    distance = std::max({distance, u[i] - below / n, (below + 1.0) / n - u[i]});
  }
  return std::sqrt(n) * distance;
}

double norm(const std::array<double, 3>& a) { return std::hypot(a[0], a[1], a[2]); }

/// P(speed < v) at a radius, by quadrature of v^2 E(g, phi - v^2/2): in units of s, v = w (1 - t^4) sweeps smoothly
/// away from the upper end of the range, where E has a power-law zero.
double speed_distribution(double g, double phi, double v) {
  const auto integral = [&](double low, double high) {
    return boost::math::quadrature::gauss<double, 30>::integrate(
        [&](double t) {
          const double t4 = t * t * t * t;
          const double x = high - (high - low) * t4;
          return x * x * e_gamma(g, std::max(0.0, phi - 0.5 * x * x)).value * 4.0 * t * t * t * (high - low);
        },
        0.0, 1.0);
  };
  const double escape = std::sqrt(2.0 * phi);
  const double below = integral(0.0, v);
  return below / (below + integral(v, escape));
}

struct Shape {
  double phi0, g;
};

class StarSampler : public testing::TestWithParam<Shape> {};

TEST_P(StarSampler, DrawsRadiiSpeedsAndDirectionsFromTheModel) {
  const auto [phi0, g] = GetParam();
  const GlobularModel model({phi0, g, 2e5, 4.0});
  random::Stream stream({20230801, 7, 0}, random::Purpose::latents);
  const auto stars = sample_stars(model, kStars, stream);
  std::vector<double> radius, speed, cosine, position_cosine, azimuth;
  for (std::size_t i = 0; i < stars.size(); ++i) {
    const auto& [x, v] = stars[i];
    const double r = norm(x);
    radius.push_back(model.mass_inside(r) / 2e5);
    position_cosine.push_back(0.5 + 0.5 * x[2] / r);
    azimuth.push_back(0.5 + std::atan2(v[1], v[0]) / (2.0 * std::acos(-1.0)));
    cosine.push_back(0.5 + 0.5 * (x[0] * v[0] + x[1] * v[1] + x[2] * v[2]) / (r * norm(v)));
    if (i % 4 == 0)
      speed.push_back(speed_distribution(g, model.potential(r) / model.s2(), norm(v) / std::sqrt(model.s2())));
  }
  EXPECT_LT(kolmogorov_smirnov(radius), 2.9);
  EXPECT_LT(kolmogorov_smirnov(speed), 2.9);
  EXPECT_LT(kolmogorov_smirnov(position_cosine), 2.9);
  EXPECT_LT(kolmogorov_smirnov(azimuth), 2.9);
  EXPECT_LT(kolmogorov_smirnov(cosine), 2.9);
}

INSTANTIATE_TEST_SUITE_P(Shapes, StarSampler,
                         testing::Values(Shape{1.5, 0.001}, Shape{1.5, 0.3}, Shape{1.5, 2.0}, Shape{5.0, 0.001},
                                         Shape{5.0, 0.3}, Shape{5.0, 2.0}, Shape{14.0, 0.001}, Shape{14.0, 0.3},
                                         Shape{14.0, 2.0}));

TEST(StarSampler, TakesTheSameNumberOfWordsForEveryStar) {
  const GlobularModel model({5.0, 1.6, 1e5, 3.0});
  random::Stream stream({1, 2, 3}, random::Purpose::latents);
  const auto stars = sample_stars(model, 50, stream);
  EXPECT_EQ(stream.position(), 50 * kWordsPerStar);
  stream.seek(31 * kWordsPerStar);
  const ClusterStar star = sample_star(model, stream);
  EXPECT_EQ(star.position, stars[31].position);
  EXPECT_EQ(star.velocity, stars[31].velocity);
}

TEST(StarSampler, DrawsOnlyStarsThatTheModelHolds) {
  for (const double g : {0.0, 0.001, 3.0}) {
    const GlobularModel model({1.5, g, 1e5, 3.0});
    random::Stream stream({5, 0, 0}, random::Purpose::latents);
    for (const auto& [x, v] : sample_stars(model, 20000, stream)) {
      ASSERT_TRUE(std::isfinite(model.log_df(norm(x), norm(v)))) << g << " " << norm(x) << " " << norm(v);
    }
  }
}

}  // namespace
}  // namespace praesepe::sim::globular
