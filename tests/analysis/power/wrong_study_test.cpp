// That the faults put into the globular study are those that they are called.

#include "wrong_study.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "infer/models/globular/cluster_parameters.hpp"

namespace praesepe::tests {
namespace {

using namespace infer::models::globular;
using infer::models::Vector;
using sim::astrometry::Catalogue;
using sim::random::Purpose;
using sim::random::Stream;

constexpr double kStars = 50.0;

const Vector& truth() {
  static const Vector theta{{5.0, 1.2, 5.0, 0.5, 60.0, 45.0, 1.0, 4.0, 5.0, 30.0}};
  return theta;
}

WrongStudy::Observation observation() {
  WrongStudy::Observation keys;
  for (const auto& key : GlobularStudy().observe_keys()) keys[key.name] = key.default_value;
  keys["stars"] = kStars;
  return keys;
}

/// A cluster without measured parallaxes.
Catalogue catalogue() {
  Stream latents({1, 0, 0}, Purpose::latents), noise({1, 0, 0}, Purpose::noise);
  const Catalogue seen = GlobularStudy().simulate(truth(), observation(), latents, noise);
  Catalogue without(seen.rows());
  for (const auto& column : seen.columns())
    if (!column.name.starts_with("parallax")) without.add(column.name, column.unit, column.values);
  return without;
}

struct ValueAndGradient {
  double value;
  Vector gradient;
};
ValueAndGradient log_likelihood(GlobularFault fault, const Vector& theta) {
  ValueAndGradient result{0.0, Vector(theta.size())};
  result.value = WrongStudy(fault).likelihood(catalogue(), observation())->log_likelihood(theta, result.gradient);
  return result;
}

// Distance, sizes and all velocities times lambda, which needs lambda^3 of mass, look the same on the sky. With every
// Jacobian in place such clusters are equally likely; without R^4 the likelihood changes by lambda^-4 a star.
TEST(WrongStudy, LeavesOutTheFourthPowerOfTheDistance) {
  constexpr double lambda = 1.25;
  Vector scaled = truth();
  scaled[kLogMass] += 3.0 * std::log10(lambda);
  scaled[kLogHalfMassRadius] += std::log10(lambda);
  scaled[kParallax] /= lambda;
  scaled[kRadialVelocity] *= lambda;
  const auto change = [&scaled](GlobularFault fault) {
    return log_likelihood(fault, scaled).value - log_likelihood(fault, truth()).value;
  };
  EXPECT_NEAR(change(GlobularFault::none), 0.0, 1e-3);
  EXPECT_NEAR(change(GlobularFault::no_jacobian), -4.0 * kStars * std::log(lambda), 1e-3);
}

TEST(WrongStudy, ChangesTheGradientAsTheValue) {
  Vector theta = truth();
  theta[kParallax] = 0.9;
  const auto right = log_likelihood(GlobularFault::none, theta),
             wrong = log_likelihood(GlobularFault::no_jacobian, theta);
  Vector expected = right.gradient;
  expected[kParallax] += 4.0 * kStars / theta[kParallax];  // d/dw of 4 N ln w
  EXPECT_NEAR(wrong.value, right.value + 4.0 * kStars * std::log(theta[kParallax]), 1e-9);
  EXPECT_LT((wrong.gradient - expected).norm(), 1e-9 * expected.norm());
}

TEST(WrongStudy, TrustsTheDataMoreThanItShouldWithHalfTheErrors) {
  // Proper motions fit worse: the noise that widens the cluster's velocities is smaller.
  EXPECT_LT(log_likelihood(GlobularFault::half_errors, truth()).value,
            log_likelihood(GlobularFault::none, truth()).value);
}

}  // namespace
}  // namespace praesepe::tests
