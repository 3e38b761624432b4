#include "infer/em/starting_mixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/error.hpp"
#include "simulated_points.hpp"

namespace praesepe::infer::em {
namespace {

using sim::random::Purpose;
using sim::random::Stream;
using namespace praesepe::tests;

TEST(StartingMixture, IsAMixtureWhateverThePointsAre) {
  for (Eigen::Index d = 2; d <= 8; d += 3) {
    Stream stream({.seed = 51}, Purpose::latents, static_cast<std::uint32_t>(d));
    const auto truth = random_mixture(d, 3, 2.0, stream);
    for (const int count : {1, 3, 10, 100}) {
      const auto points = mixed_points(truth, count, 0.5, stream);
      for (const std::size_t components : {1u, 4u, 12u})
        EXPECT_NO_THROW(starting_mixture(points, components, stream).check()) << d << " " << count;
    }
  }
}

TEST(StartingMixture, IsTheSameForTheSameStream) {
  Stream stream({.seed = 52}, Purpose::latents);
  const auto points = mixed_points(random_mixture(3, 3, 2.0, stream), 100, 0.5, stream);
  Stream one({.seed = 1}, Purpose::starts), two = one, other({.seed = 2}, Purpose::starts);
  const auto a = starting_mixture(points, 3, one), b = starting_mixture(points, 3, two);
  EXPECT_EQ(a.components[0].mean, b.components[0].mean);
  EXPECT_EQ(a.components[2].covariance, b.components[2].covariance);
  EXPECT_NE(a.components[0].mean, starting_mixture(points, 3, other).components[0].mean);
}

TEST(StartingMixture, PutsOneCentreInEachOfWellSeparatedGroups) {
  // By chance k-means++ misses one of these groups once in some thousand starts.
  Stream stream({.seed = 53}, Purpose::latents);
  GaussianMixture truth;
  for (const double at : {-100.0, 0.0, 100.0})
    truth.components.push_back({1.0 / 3.0, Eigen::Vector2d(at, 0.5 * at * at / 100.0), Matrix::Identity(2, 2)});
  const auto points = complete_points(truth, 300, 0.5, stream);
  for (int start = 0; start < 5; ++start) {
    auto mixture = starting_mixture(points, 3, stream);
    std::sort(mixture.components.begin(), mixture.components.end(),
              [](const auto& a, const auto& b) { return a.mean[0] < b.mean[0]; });
    for (std::size_t k = 0; k < 3; ++k)
      EXPECT_LT((mixture.components[k].mean - truth.components[k].mean).norm(), 5.0) << start;  // a group has sd 1
  }
}

TEST(BestFit, FindsWhatAFitFromTheTruthFinds) {
  // A narrow cluster with a fifth of the points on a wide field of two components: proper motions.
  Stream stream({.seed = 54}, Purpose::latents);
  const GaussianMixture truth{{{0.2, Eigen::Vector2d(-3.0, -4.0), 0.04 * Matrix::Identity(2, 2)},
                               {0.5, Eigen::Vector2d(-2.0, -4.0), 4.0 * Matrix::Identity(2, 2)},
                               {0.3, Eigen::Vector2d(-1.0, -6.0), 36.0 * Matrix::Identity(2, 2)}}};
  const auto points = complete_points(truth, 1500, 0.2, stream);
  const Fit from_truth = fit(points, truth);
  Stream starts({.seed = 54}, Purpose::starts);
  const Fit found = best_fit(points, 3, 5, starts);
  EXPECT_EQ(found.state, State::converged) << found.message;
  EXPECT_GT(found.objective(), from_truth.objective() - 1e-3);
}

/// Of 200 points each, for seeds 0, 1, ...: the best of `starts` fits is no worse than the one from the truth.
void expect_as_good_as_the_truth(const GaussianMixture& truth, int starts, std::uint64_t seeds) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Stream stream({.seed = seed}, Purpose::latents), of_starts({.seed = seed}, Purpose::starts);
    const auto points = complete_points(truth, 200, 0.05, stream);
    const FitOptions options{.regularisation = 1e-4};
    EXPECT_GT(best_fit(points, truth.size(), starts, of_starts, options).objective(),
              fit(points, truth, options).objective() - 0.5)
        << seed;
  }
}

TEST(BestFit, FindsAClusterWithinTheFieldThatEveryStartTakesForOnePart) {
  // Cluster and the lesser part of the field are neighbours, the greater part is far away: EM alone ends 90 nats lower.
  const auto gaussian = [](double weight, double x, double y, double sd_x, double sd_y, double rho) {
    const double covariance = rho * sd_x * sd_y;
    return GaussianComponent{weight, Eigen::Vector2d(x, y),
                             (Matrix(2, 2) << sd_x * sd_x, covariance, covariance, sd_y * sd_y).finished()};
  };
  const GaussianMixture truth{{gaussian(0.33, -1.4, -5.3, 0.15, 0.5, 0.8), gaussian(0.15, 1.1, -3.3, 1.2, 1.0, 0.7),
                               gaussian(0.52, -8.1, -6.0, 1.3, 3.6, 0.8)}};
  expect_as_good_as_the_truth(truth, 6, 10);
}

TEST(BestFit, FindsANarrowClusterOfATenthOfThePoints) {
  // One dimension, a sixtieth of the field's width, off its middle: a cell of k-means has its middle elsewhere.
  const auto gaussian = [](double weight, double mean, double sd) {
    return GaussianComponent{weight, Vector::Constant(1, mean), Matrix::Constant(1, 1, sd * sd)};
  };
  const GaussianMixture truth{{gaussian(0.11, 3.0, 0.05), gaussian(0.89, 0.0, 3.0)}};
  expect_as_good_as_the_truth(truth, 12, 20);
}

TEST(BestFit, RefusesMalformedInput) {
  Stream stream({.seed = 55}, Purpose::starts);
  NoisyPoints points(2);
  EXPECT_THROW(starting_mixture(points, 2, stream), InputError);
  points.add(Vector::Zero(2), Matrix::Identity(2, 2));
  EXPECT_THROW(starting_mixture(points, 0, stream), InputError);
  EXPECT_THROW(best_fit(points, 2, 0, stream), InputError);
}

}  // namespace
}  // namespace praesepe::infer::em
