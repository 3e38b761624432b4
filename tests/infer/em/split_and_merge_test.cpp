#include "infer/em/split_and_merge.hpp"

#include <gtest/gtest.h>

#include "simulated_points.hpp"

namespace praesepe::infer::em {
namespace {

using sim::random::Purpose;
using sim::random::Stream;
using namespace praesepe::tests;

const Matrix kOne = Matrix::Identity(2, 2);

GaussianMixture three_groups() {
  return {{{0.3, Eigen::Vector2d(-10.0, 0.0), kOne},
           {0.3, Eigen::Vector2d(10.0, 0.0), kOne},
           {0.4, Eigen::Vector2d(10.0, 8.0), kOne}}};
}

/// Two components share the first group, one spans the others: a maximum, and a poor one.
GaussianMixture poor_start() {
  return {{{0.15, Eigen::Vector2d(-11.0, 0.0), kOne},
           {0.15, Eigen::Vector2d(-9.0, 0.0), kOne},
           {0.7, Eigen::Vector2d(10.0, 4.0), 10.0 * kOne}}};
}

TEST(SplitAndMerge, LeavesAPoorMaximumForTheBestOne) {
  Stream stream({.seed = 61}, Purpose::latents);
  const auto points = complete_points(three_groups(), 500, 0.3, stream);
  const Fit best = fit(points, three_groups()), poor = fit(points, poor_start());
  ASSERT_LT(poor.objective(), best.objective() - 100.0);
  const Fit found = split_and_merge(points, poor);
  EXPECT_NEAR(found.objective(), best.objective(), 1e-5);
  EXPECT_EQ(found.state, State::converged);
}

TEST(SplitAndMerge, NeverMakesAFitWorse) {
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
    Stream stream({.seed = 62}, Purpose::latents, seed);
    const auto truth = random_mixture(3, 4, 1.5, stream), start = random_mixture(3, 4, 2.0, stream);
    const auto points = mixed_points(truth, 300, 0.5, stream);
    const FitOptions options{.regularisation = 0.05, .max_iterations = 300};
    const Fit before = fit(points, start, options);
    EXPECT_GE(split_and_merge(points, before, options).objective(), before.objective()) << seed;
  }
}

TEST(SplitAndMerge, DoesNotTouchWhatIsFixedNorFewerThanThreeComponents) {
  Stream stream({.seed = 63}, Purpose::latents);
  const auto points = complete_points(three_groups(), 500, 0.3, stream);
  const FitOptions held{.fixed = {{.mean = true}, {}, {}}};
  const Fit poor = fit(points, poor_start(), held);
  EXPECT_EQ(split_and_merge(points, poor, held).history, poor.history);
  const Fit one = fit(points, {{{1.0, Vector::Zero(2), 50.0 * kOne}}});
  EXPECT_EQ(split_and_merge(points, one).history, one.history);
}

}  // namespace
}  // namespace praesepe::infer::em
