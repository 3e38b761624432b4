#include "infer/nuts/modes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infer/nuts/quasi_newton.hpp"
#include "tests/infer/ladder/multimodal.hpp"

namespace praesepe::infer::nuts {
namespace {

using tests::FunctionDensity;
using tests::NormalMixture;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Scales from 10^low to 10^high.
Vector decades(Eigen::Index size, double low, double high) {
  return Eigen::pow(10.0, Vector::LinSpaced(size, low, high).array());
}

TEST(Maximise, FindsTheTopOfACorrelatedGaussianOfVeryUnequalScales) {
  const tests::Ar1Gaussian target(decades(12, -3.0, 0.0), 0.9);
  const Optimum optimum = maximise(target, Vector::Constant(12, 1.0));
  EXPECT_TRUE(optimum.converged);
  EXPECT_LT(optimum.position.dot(target.precision() * optimum.position), 1e-3);
}

TEST(Modes, GiveTheLaplaceEvidenceOfABanana) {
  const auto target = tests::banana();
  const auto search = find_modes(target, {Vector::Constant(2, 3.0), Vector::Constant(2, -2.0), Vector::Zero(2)});
  ASSERT_EQ(search.modes.size(), 1u);
  EXPECT_NEAR(search.modes[0].position.norm(), 0.0, 1e-3);
  EXPECT_NEAR(search.modes[0].log_evidence, 0.0, 1e-2);
  EXPECT_NEAR(search.modes[0].covariance(0, 0), 1.0, 0.02);
  EXPECT_NEAR(search.modes[0].covariance(1, 1), 0.09, 0.002);
}

TEST(Modes, AreExactForAGaussianWithCorrelationAndScales) {
  const Vector scale = decades(8, -3.0, 0.0);
  const tests::Ar1Gaussian target(scale, 0.95);
  const auto search = find_modes(target, {Vector::Constant(8, 0.3)});
  ASSERT_EQ(search.modes.size(), 1u);
  const Matrix correlation = search.modes[0].covariance.cwiseQuotient(scale * scale.transpose());
  for (Eigen::Index i = 0; i < 8; ++i) {
    for (Eigen::Index j = 0; j < 8; ++j) {
      EXPECT_NEAR(correlation(i, j), std::pow(0.95, std::abs(static_cast<double>(i - j))), 1e-6);
    }
  }
}

TEST(Modes, AreAllFoundAndCountedOnce) {
  const auto target = NormalMixture::pair(10);
  Vector near_second = Vector::Constant(10, 0.5);
  near_second.head(2).setConstant(5.0);
  const auto search = find_modes(target, {Vector::Constant(10, 1.0), near_second, Vector::Constant(10, -1.0)});
  ASSERT_EQ(search.modes.size(), 2u);
  EXPECT_NEAR(search.modes[0].log_evidence, std::log(0.7), 0.01);
  EXPECT_NEAR(search.modes[1].log_evidence, std::log(0.3), 0.01);
}

TEST(Modes, AreFoundFromASaddleBetweenThem) {
  const NormalMixture target({{0.5, Vector::Constant(2, -3.0), 1.0}, {0.5, Vector::Constant(2, 3.0), 1.0}});
  EXPECT_EQ(find_modes(target, {Vector::Zero(2)}).modes.size(), 2u);
}

TEST(Modes, SurviveAFlatEdge) {
  // Flat in the second coordinate, up to a wall at 1.
  const FunctionDensity target(2, [](const Vector& q, Vector& gradient) {
    if (q[1] > 1.0) return -kInfinity;
    gradient << -q[0], 0.0;
    return -0.5 * q[0] * q[0];
  });
  const auto search = find_modes(target, {Vector::Constant(2, 1.0), Vector::Constant(2, -1.0)});
  ASSERT_FALSE(search.modes.empty());
  for (const Mode& mode : search.modes) EXPECT_TRUE(mode.covariance.allFinite() && std::isfinite(mode.log_evidence));
}

TEST(Modes, LeanOnAnEdgeWhereTheDensityStillRises) {
  // Truncated at q_1 < 0.5, where the slope is 1; the Gaussian without the wall has its top at 1.5.
  const FunctionDensity target(2, [](const Vector& q, Vector& gradient) {
    if (q[1] > 0.5) return -kInfinity;
    gradient << -4.0 * q[0], 1.5 - q[1];
    return -2.0 * q[0] * q[0] - 0.5 * (q[1] - 1.5) * (q[1] - 1.5);
  });
  const auto search = find_modes(target, {Vector::Constant(2, -1.0)});
  ASSERT_EQ(search.modes.size(), 1u);
  EXPECT_NEAR(search.modes[0].position[1], 0.5, 0.01);
  EXPECT_NEAR(search.modes[0].covariance(1, 1), 1.0, 0.1);
  EXPECT_NEAR(search.modes[0].covariance(0, 0), 0.25, 0.05);
}

TEST(Modes, AreReplacedByAStartWhereTheDensityHasNoTop) {
  const tests::EightSchools target(tests::EightSchools::Form::centred);
  const auto search = find_modes(target, {Vector::Constant(10, 1.0)});
  ASSERT_EQ(search.modes.size(), 1u);
  EXPECT_EQ(search.modes[0].position, Vector::Constant(10, 1.0));
  EXPECT_EQ(search.modes[0].covariance, Matrix::Identity(10, 10));
}

TEST(Modes, DrawAStartInsideTheSupportOrDropIt) {
  // A ball around (1, 1): neither the first start nor the origin is inside, nor any point between them.
  const FunctionDensity target(2, [](const Vector& q, Vector& gradient) {
    const Vector r = q - Vector::Constant(2, 1.0);
    if (r.norm() > 1.0) return -kInfinity;
    gradient = -100.0 * r;
    return -50.0 * r.squaredNorm();
  });
  const Vector far{{-40.0, 40.0}};
  const auto search = find_modes(target, {far, Vector::Constant(2, 1.1)});
  ASSERT_EQ(search.modes.size(), 1u);
  EXPECT_THAT(search.notes, testing::ElementsAre(testing::HasSubstr("start 0 lies outside the support and was moved")));
  EXPECT_TRUE(find_modes(target, {far}).modes.empty());
  EXPECT_TRUE(find_modes(target, {}).modes.empty());
}

TEST(Modes, ClimbASteepFunnelOfScales) {
  // Gradient 1e6 at the start.
  const tests::DenseGaussian target(Vector::Constant(3, 1e6).asDiagonal());
  const auto search = find_modes(target, {Vector::Constant(3, 1.0)});
  ASSERT_EQ(search.modes.size(), 1u);
  EXPECT_LT(search.modes[0].position.norm(), 1e-5);
}

}  // namespace
}  // namespace praesepe::infer::nuts
