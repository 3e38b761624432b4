#include "infer/models/cluster_distance/cluster_distance_likelihood.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "infer/density/prior.hpp"
#include "tests/infer/models/cluster_distance/brute_force.hpp"
#include "tests/support/check_gradient.hpp"
#include "tests/support/reference_table.hpp"

namespace praesepe::infer::models::cluster_distance {
namespace {

using density::Vector;

const Eigen::ArrayXd kParallax{{2.1, 0.31, -0.4, 0.02, 0.9}}, kError{{0.03, 0.2, 0.5, 1.0, 0.004}};

ClusterDistanceLikelihood published_example() {
  const auto table = tests::read_reference("cluster_distance.csv");
  Eigen::ArrayXd parallax(static_cast<Eigen::Index>(table.rows.size())), error(parallax.size());
  for (std::size_t n = 0; n < table.rows.size(); ++n) {
    parallax[static_cast<Eigen::Index>(n)] = table.number(n, "parallax_mas");
    error[static_cast<Eigen::Index>(n)] = table.number(n, "parallax_err_mas");
  }
  return {parallax, error};
}

TEST(ClusterDistanceLikelihood, IsTheSumOfStarsWithDistancesCutAtZero) {
  const ClusterDistanceLikelihood likelihood(kParallax, kError);
  for (const Vector& theta : {Vector{{0.5, -4.0}}, Vector{{2.0, 0.5}}, Vector{{0.05, 0.0}}, Vector{{12.0, -1.0}}}) {
    const Population population{theta[0], std::exp(theta[1])};
    const double x = population.mean / population.sd, inside = 0.5 * std::erfc(-x / std::sqrt(2.0));
    double value = 0.0;
    Vector expected = Vector::Zero(2), gradient(2);
    for (Eigen::Index n = 0; n < kParallax.size(); ++n) {
      const auto star = tests::brute_force_distance(population, {kParallax[n], kError[n]});
      const double h = std::exp(-0.5 * x * x) / std::sqrt(2.0 * M_PI) / inside;
      value += star.log_value - std::log(inside);
      expected += Vector{{(star.first - h) / population.sd, star.second - 1.0 + h * x}};
    }
    EXPECT_NEAR(likelihood.log_likelihood(theta, gradient), value, 1e-7 + 1e-14 * std::abs(value));
    EXPECT_LT((gradient - expected).cwiseAbs().maxCoeff(), 1e-6 * std::max(1.0, expected.cwiseAbs().maxCoeff()));
  }
}

TEST(ClusterDistanceLikelihood, GradientAgreesWithDifferences) {
  const ClusterDistanceLikelihood likelihood(kParallax, kError);
  const auto f = [&](const Vector& theta, Vector& gradient) { return likelihood.log_likelihood(theta, gradient); };
  for (const Vector& theta : {Vector{{0.5, -4.0}}, Vector{{0.5, -7.9}}, Vector{{1.0, -1.0}}, Vector{{0.02, 0.0}},
                              Vector{{0.3, 0.0}}, Vector{{30.0, 0.0}}, Vector{{6.0, 1.5}}}) {
    const double narrowest = std::min(theta[0], std::exp(theta[1]) + 1e-3);
    EXPECT_TRUE(tests::check_gradient(f, theta, 1e-5, Vector{{0.02 * narrowest, 0.02}})) << theta.transpose();
  }
}

TEST(ClusterDistanceLikelihood, AParallaxThatSaysNothingLeavesDistanceAndDepthAlone) {
  const double error = 1e6;
  const ClusterDistanceLikelihood likelihood(Eigen::ArrayXd::Zero(1), Eigen::ArrayXd::Constant(1, error));
  for (const double mean : {0.01, 1.0, 10.0}) {
    for (const double ln_depth : {-8.0, -2.0, 0.0}) {
      Vector gradient(2);
      // N(0; 1/r, error) misses its largest value by the chance of r < 1/error at most.
      EXPECT_NEAR(likelihood.log_likelihood(Vector{{mean, ln_depth}}, gradient),
                  -std::log(error * std::sqrt(2.0 * M_PI)), 1e-5);
    }
  }
}

TEST(ClusterDistanceLikelihood, ThereIsNoClusterAtNegativeDistances) {
  Vector gradient(2);
  const ClusterDistanceLikelihood likelihood(kParallax, kError);
  EXPECT_EQ(likelihood.log_likelihood(Vector{{0.0, -2.0}}, gradient), -INFINITY);
  EXPECT_EQ(likelihood.log_likelihood(Vector{{-1.0, -2.0}}, gradient), -INFINITY);
}

TEST(ClusterDistanceLikelihood, PosteriorAndEvidenceOfThePublishedExampleByQuadrature) {
  const auto likelihood = published_example();
  const auto near = density::Prior::parse("truncated_normal(1, 2, 0, inf)");
  Vector gradient(2);
  double mass = 0.0;
  Vector mean = Vector::Zero(2), square = Vector::Zero(2);
  // The trapezoidal rule over 8 standard deviations, 6 nodes in each.
  constexpr double kReference = 390.0;
  const Vector centre{{0.5004, -4.786}}, width{{0.00073 / 5.0, 0.076 / 5.0}};
  for (int i = -40; i <= 40; ++i) {
    for (int j = -40; j <= 40; ++j) {
      const Vector theta = centre + width.cwiseProduct(Vector{{double(i), double(j)}});
      const auto at = near.from_normal(near.to_normal(theta[0]));
      const double q = near.to_normal(theta[0]);
      const double prior = std::exp(-0.5 * q * q) / std::sqrt(2.0 * M_PI) / at.slope / 8.0;
      const double weight = prior * std::exp(likelihood.log_likelihood(theta, gradient) - kReference) * width.prod();
      mass += weight;
      mean += weight * theta;
      square += weight * theta.cwiseProduct(theta);
    }
  }
  mean /= mass;
  const Vector sd = (square / mass - mean.cwiseProduct(mean)).cwiseSqrt();
  const auto table = tests::read_reference("cluster_distance_reference.csv");
  EXPECT_NEAR(std::log(mass) + kReference, 388.4509, 1e-4);
  for (const Eigen::Index i : {kMeanDistance, kLogDepth}) {
    const auto row = static_cast<std::size_t>(i);
    EXPECT_NEAR(mean[i], table.number(row, "mean"), 2e-7 + 1e-3 * sd[i]);
    EXPECT_NEAR(sd[i], table.number(row, "sd"), 1e-3 * sd[i]);
  }
}

}  // namespace
}  // namespace praesepe::infer::models::cluster_distance
