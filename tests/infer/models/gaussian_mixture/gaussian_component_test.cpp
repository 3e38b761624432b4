#include "infer/models/gaussian_mixture/gaussian_component.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/infer/models/gaussian_mixture/regimes.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::gaussian_mixture {
namespace {

using density::Array;
using density::Vector;
using sim::random::Purpose;
using sim::random::Stream;
using tests::Regime;

const sim::mixture::Dust kDust{.reddening = 0.2, .extinction = 0.6};

std::vector<Star> stars_of(const ComponentLayout& layout, const Vector& theta, const Regime& regime, int count,
                           Stream& stream) {
  const auto gaussian = gaussian_at(layout, theta);
  std::vector<Star> stars;
  for (int i = 0; i < count; ++i) stars.push_back(tests::draw_star(gaussian, kDust, regime, stream));
  return stars;
}

/// sum_i weight_i log m_i and its gradient by differences, with a rule so fine that the differences are not the rule's.
testing::AssertionResult gradient_is_right(Correlations choice, const Regime& regime, std::uint64_t seed) {
  Stream stream({seed, 0, 0}, Purpose::latents);
  const ComponentLayout layout{3, correlated_pairs(choice)};
  Vector theta = tests::draw_parameters(layout, regime, stream);
  theta.head<3>().setZero();
  const auto stars = stars_of(layout, theta, regime, 6, stream);
  const GaussianComponent component(std::make_shared<std::vector<Star>>(stars), layout, kDust,
                                    {.step = 0.3, .range = 30.0});
  Array weight(6), values;
  for (double& w : weight) w = stream.uniform();
  weight[2] = 0.0;
  const auto f = [&](const Vector& x, Vector& gradient) {
    component.log_marginal(x, values);
    gradient.setZero();
    component.pull_back(x, weight, gradient);
    return (weight * values).sum();
  };
  Vector step(theta.size());
  step.head<3>().setConstant(1e-3);
  for (Eigen::Index i = 0; i < 8; ++i) step[layout.mean(i)] = step[layout.sd(i)] = 1e-3 * theta[layout.sd(i)];
  for (std::size_t i = 0; i < layout.pairs.size(); ++i) step[layout.partial(i)] = 1e-4 * (1.0 - regime.largest_partial);
  return tests::check_gradient(f, theta, 1e-6, step);
}

TEST(GaussianComponent, GradientAgreesWithDifferences) {
  std::uint64_t seed = 31;
  for (const auto choice : {Correlations::none, Correlations::velocity, Correlations::blocks, Correlations::full}) {
    for (const double snr : {0.3, 3.0, 100.0}) {
      EXPECT_TRUE(gradient_is_right(choice, {.parallax_to_noise = snr}, seed++));
      EXPECT_TRUE(gradient_is_right(choice, {.relative_depth = 0.01, .parallax_to_noise = snr}, seed++));
    }
  }
}

TEST(GaussianComponent, GradientAgreesWithDifferencesAtTheEdges) {
  EXPECT_TRUE(gradient_is_right(Correlations::full, {.largest_partial = 0.99}, 50));
  EXPECT_TRUE(gradient_is_right(Correlations::full, {.relative_depth = 3.0, .parallax_to_noise = 0.3}, 51));
  EXPECT_TRUE(gradient_is_right(Correlations::blocks, {.stranger = 5.0}, 52));
  EXPECT_TRUE(gradient_is_right(Correlations::full, {.photometry = false, .astrometry = false}, 53));
}

}  // namespace
}  // namespace praesepe::infer::models::gaussian_mixture
