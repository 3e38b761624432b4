#include "infer/em/expectation.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "infer/em/extreme_deconvolution.hpp"
#include "simulated_points.hpp"

namespace praesepe::infer::em {
namespace {

using sim::random::Purpose;
using sim::random::Stream;
using namespace praesepe::tests;

/// The sums written out, one point and component at a time.
Expectation written_out(const NoisyPoints& points, const GaussianMixture& mixture) {
  const Eigen::Index d = mixture.dimension();
  Expectation total{0.0, {}, {}};
  const Matrix q = shares(points, mixture);
  for (std::size_t i = 0; i < points.size(); ++i) {
    Vector terms(static_cast<Eigen::Index>(mixture.size()));
    for (std::size_t k = 0; k < mixture.size(); ++k)
      terms[static_cast<Eigen::Index>(k)] =
          std::log(mixture.components[k].weight) + log_normal(points[i], mixture.components[k]);
    total.log_likelihood += terms.maxCoeff() + std::log((terms.array() - terms.maxCoeff()).exp().sum());
  }
  for (std::size_t k = 0; k < mixture.size(); ++k) {
    ComponentSums sums{0.0, Vector::Zero(d), Matrix::Zero(d, d)};
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double share = q(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k));
      sums.count += share;
      const Matrix r = points[i].design(d);
      if (r.rows() == 0) continue;
      const Matrix inverse = (r * mixture.components[k].covariance * r.transpose() + points[i].noise).inverse();
      const Vector u = inverse * (points[i].value - r * mixture.components[k].mean);
      sums.first += share * r.transpose() * u;
      sums.second += share * r.transpose() * (u * u.transpose() - inverse) * r;
    }
    total.sums.push_back(sums);
  }
  return total;
}

void expect_equal(const Expectation& a, const Expectation& b) {
  EXPECT_NEAR(a.log_likelihood, b.log_likelihood, 1e-11 * std::abs(b.log_likelihood));
  for (std::size_t k = 0; k < b.sums.size(); ++k) {
    EXPECT_NEAR(a.sums[k].count, b.sums[k].count, 1e-10 * b.sums[k].count) << k;
    EXPECT_LT((a.sums[k].first - b.sums[k].first).norm(), 1e-9 * (1.0 + b.sums[k].first.norm())) << k;
    EXPECT_LT((a.sums[k].second - b.sums[k].second).norm(), 1e-9 * (1.0 + b.sums[k].second.norm())) << k;
  }
}

TEST(Expectation, EqualsTheSumsWrittenOutInEveryDimensionAndForEveryKindOfPoint) {
  for (Eigen::Index d = 1; d <= 10; ++d) {
    Stream stream({.seed = 11}, Purpose::latents, static_cast<std::uint32_t>(d));
    const auto mixture = random_mixture(d, 3, 1.0, stream);
    for (const int count : {1, 7, 8, 9, 100}) {
      SCOPED_TRACE(testing::Message() << "D = " << d << ", N = " << count);
      const auto complete = complete_points(mixture, count, 0.5, stream);
      expect_equal(expectation(pack(complete), mixture), written_out(complete, mixture));
      const auto mixed = mixed_points(mixture, count, 0.5, stream);
      if (d > 1) expect_equal(expectation(pack(mixed), mixture), written_out(mixed, mixture));
    }
  }
}

TEST(Expectation, IsTheDerivativeOfTheLogLikelihood) {
  Stream stream({.seed = 12}, Purpose::latents);
  auto mixture = random_mixture(3, 2, 1.0, stream);
  const auto points = mixed_points(mixture, 60, 0.5, stream);
  const auto sums = expectation(pack(points), mixture).sums;
  constexpr double kStep = 1e-5;
  const auto slope = [&](double& parameter, double* mirror) {
    const auto moved = [&](double by) {
      const double before = parameter;
      parameter += by;
      if (mirror) *mirror = parameter;
      const double value = log_likelihood(points, mixture);
      parameter = before;
      if (mirror) *mirror = before;
      return value;
    };
    return (moved(kStep) - moved(-kStep)) / (2.0 * kStep);
  };
  for (std::size_t k = 0; k < 2; ++k) {
    auto& component = mixture.components[k];
    for (Eigen::Index a = 0; a < 3; ++a) {
      EXPECT_NEAR(slope(component.mean[a], nullptr), sums[k].first[a], 1e-6) << k << a;
      EXPECT_NEAR(slope(component.covariance(a, a), nullptr), 0.5 * sums[k].second(a, a), 1e-6) << k << a;
      for (Eigen::Index b = 0; b < a; ++b)  // both halves of the symmetric matrix move
        EXPECT_NEAR(slope(component.covariance(a, b), &component.covariance(b, a)), sums[k].second(a, b), 1e-6);
    }
  }
}

TEST(Expectation, GivesTheTermsOfEveryPointInTheOrderInWhichTheyWereAdded) {
  Stream stream({.seed = 13}, Purpose::latents);
  const auto mixture = random_mixture(3, 3, 1.0, stream);
  const auto points = mixed_points(mixture, 50, 0.5, stream);
  const Matrix terms = log_terms(points, mixture), q = responsibilities(points, mixture);
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t k = 0; k < mixture.size(); ++k)
      EXPECT_NEAR(terms(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)),
                  std::log(mixture.components[k].weight) + log_normal(points[i], mixture.components[k]), 1e-10);
  EXPECT_LT((q - shares(points, mixture)).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(Expectation, KeepsItsDigitsForPointsFarFromAllComponentsAndForAwkwardScales) {
  GaussianMixture mixture{
      {{0.5, Vector::Zero(2), Matrix::Identity(2, 2)}, {0.5, Vector::Ones(2), Matrix::Identity(2, 2)}}};
  mixture.components[0].covariance << 1e-6, 0.999, 0.999, 1e6;
  NoisyPoints points(2);
  points.add(Eigen::Vector2d(1e5, -1e5), Matrix::Zero(2, 2));
  points.add(Eigen::Vector2d(1e-3, 1e3), 1e-12 * Matrix::Identity(2, 2));
  const auto sums = expectation(pack(points), mixture);
  EXPECT_TRUE(std::isfinite(sums.log_likelihood));
  EXPECT_NEAR(sums.sums[0].count + sums.sums[1].count, 2.0, 1e-14);
  expect_equal(sums, written_out(points, mixture));
}

TEST(Expectation, LeavesComponentsWithoutWeightOut) {
  Stream stream({.seed = 14}, Purpose::latents);
  auto mixture = random_mixture(2, 2, 1.0, stream);
  const auto points = complete_points(mixture, 20, 0.5, stream);
  mixture.components[0].weight = 0.0;
  mixture.components[1].weight = 1.0;
  const auto sums = expectation(pack(points), mixture);
  EXPECT_EQ(sums.sums[0].count, 0.0);
  EXPECT_EQ(sums.sums[0].second, Matrix::Zero(2, 2));
  EXPECT_NEAR(sums.sums[1].count, 20.0, 1e-12);
  EXPECT_EQ(responsibilities(points, mixture).col(0), Vector::Zero(20));
}

TEST(Expectation, NamesAComponentThatIsSingularAtAPointWithoutNoise) {
  NoisyPoints points(2);
  Matrix twice(2, 2);
  twice << 1.0, 1.0, 1.0, 1.0;  // the same combination, measured twice
  points.add(Vector::Zero(2), Matrix::Zero(2, 2), twice);
  const GaussianMixture mixture{{{1.0, Vector::Zero(2), Matrix::Identity(2, 2)}}};
  EXPECT_EQ(expectation(pack(points), mixture).singular, 0u);
  EXPECT_EQ(log_likelihood(points, mixture), -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace praesepe::infer::em
