// Fits that cannot end well: each has its state and a message, and finite numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "infer/em/extreme_deconvolution.hpp"
#include "infer/em/starting_mixture.hpp"
#include "simulated_points.hpp"

namespace praesepe::infer::em {
namespace {

using sim::random::Purpose;
using sim::random::Stream;
using namespace praesepe::tests;

GaussianMixture blobs(std::vector<Vector> means) {
  GaussianMixture mixture;
  for (const Vector& mean : means)
    mixture.components.push_back(
        {1.0 / static_cast<double>(means.size()), mean, Matrix::Identity(mean.size(), mean.size())});
  return mixture;
}

void expect_sound(const Fit& fit, State state, const std::string& words) {
  EXPECT_EQ(fit.state, state) << name_of(fit.state) << ": " << fit.message;
  EXPECT_THAT(fit.message, testing::HasSubstr(words));
  EXPECT_NO_THROW(fit.mixture.check());
  for (const double value : fit.history) EXPECT_TRUE(std::isfinite(value));
  EXPECT_TRUE(std::isfinite(fit.log_likelihood));
}

NoisyPoints blob_points(int count, double noise, Stream& stream) {
  return complete_points(blobs({Vector::Zero(2)}), count, noise, stream);
}

TEST(States, SingularWhereAComponentShrinksOntoAPointWithoutNoise) {
  Stream stream({.seed = 41}, Purpose::latents);
  NoisyPoints points(2);
  for (int i = 0; i < 30; ++i) points.add(normals(2, stream), Matrix::Zero(2, 2));
  points.add(Eigen::Vector2d(50.0, 50.0), Matrix::Zero(2, 2));
  const auto start = blobs({Vector::Zero(2), Eigen::Vector2d(50.0, 50.0)});
  for (const bool accelerate : {true, false})
    expect_sound(fit(points, start, {.accelerate = accelerate}), State::singular, "component 1 shrinks");
  expect_sound(fit(points, start, {.regularisation = 1e-3}), State::converged, "");
}

TEST(States, SingularInOneDimensionAndOnALine) {
  NoisyPoints same(1), line(2);
  for (int i = 0; i < 20; ++i) {
    same.add(Vector::Constant(1, 3.0), Matrix::Zero(1, 1));
    line.add(Eigen::Vector2d(i, 2.0 * i), Matrix::Zero(2, 2));
  }
  expect_sound(fit(same, blobs({Vector::Zero(1)})), State::singular, "component 0");
  expect_sound(fit(line, blobs({Vector::Zero(2)})), State::singular, "component 0");
  expect_sound(fit(same, blobs({Vector::Zero(1)}), {.regularisation = 0.1}), State::converged, "");
}

TEST(States, ConvergedWhereNoiseExplainsAllSpread) {
  // The width goes to zero; EM alone would creep there as 1 / iterations.
  NoisyPoints points(2);
  for (int i = 0; i < 40; ++i) points.add(Eigen::Vector2d(0.01 * i, 0.0), Matrix::Identity(2, 2));
  const Fit found = fit(points, blobs({Vector::Zero(2)}));
  expect_sound(found, State::converged, "");
  EXPECT_LT(found.mixture.components[0].covariance.trace(), 1e-3);
}

TEST(States, ComponentDiedWhereNoPointIsNear) {
  Stream stream({.seed = 42}, Purpose::latents);
  const auto points = blob_points(100, 0.3, stream);
  expect_sound(fit(points, blobs({Vector::Zero(2), Vector::Constant(2, 1e4)})), State::component_died, "component 1");
  expect_sound(fit(points, blobs({Vector::Zero(2), Vector::Constant(2, 1e4)}), {.regularisation = 0.1}),
               State::component_died, "component 1");
}

TEST(States, IdenticalComponentsStayIdentical) {
  Stream stream({.seed = 43}, Purpose::latents);
  expect_sound(fit(blob_points(100, 0.3, stream), blobs({Vector::Ones(2), Vector::Ones(2)})),
               State::identical_components, "components 0 and 1");
}

TEST(States, IterationLimitSaysWhatTheLastOneGained) {
  Stream stream({.seed = 44}, Purpose::latents);
  const auto points = blob_points(100, 0.3, stream);
  expect_sound(fit(points, blobs({Vector::Ones(2)}), {.max_iterations = 2}), State::iteration_limit, "2 iterations");
  const Fit none = fit(points, blobs({Vector::Ones(2)}), {.max_iterations = 0});
  expect_sound(none, State::iteration_limit, "0 iterations");
  EXPECT_EQ(none.mixture.components[0].mean, Vector(Vector::Ones(2)));
}

TEST(States, TooFewPointsForTheParameters) {
  Stream stream({.seed = 45}, Purpose::latents);
  for (const int count : {1, 2, 5}) {
    SCOPED_TRACE(count);
    const auto points = blob_points(count, 0.3, stream);
    Stream starts({.seed = 45}, Purpose::starts);
    const Fit found = best_fit(points, 3, 3, starts);
    expect_sound(found, State::too_few_points, std::to_string(2 * count) + " measured values");
    EXPECT_TRUE(responsibilities(points, found.mixture).allFinite());
  }
}

TEST(States, PointsWithoutNoiseOrSpreadOrValuesMakeNoNan) {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  NoisyPoints same(2), nothing(2), half(2);
  for (int i = 0; i < 40; ++i) {
    same.add(Eigen::Vector2d(1e3, -1e3), Matrix::Zero(2, 2));
    nothing.add(Vector::Constant(2, kMissing), Matrix::Zero(2, 2));
    half.add(Eigen::Vector2d(0.1 * i, kMissing), Matrix::Identity(2, 2));
  }
  for (const NoisyPoints* points : {&same, &nothing, &half})
    for (const std::size_t components : {1u, 2u, 3u})
      for (const double w : {0.0, 0.01}) {
        Stream stream({.seed = 46}, Purpose::starts);
        const Fit found = best_fit(*points, components, 2, stream, {.regularisation = w, .max_iterations = 200});
        EXPECT_NO_THROW(found.mixture.check());
        EXPECT_TRUE(std::isfinite(found.objective()));
        EXPECT_TRUE(responsibilities(*points, found.mixture).allFinite());
      }
}

}  // namespace
}  // namespace praesepe::infer::em
