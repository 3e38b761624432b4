#include "infer/models/cluster_distance/cluster_distance_study.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "infer/density/posterior.hpp"
#include "infer/diagnostics/summary.hpp"
#include "infer/models/cluster_distance/cluster_distance_likelihood.hpp"
#include "infer/nuts/posterior_sample.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::cluster_distance {
namespace {

using density::Matrix;
using sim::astrometry::Catalogue;

const ClusterDistanceStudy kStudy;

Observation observation(double stars, double smallest, double largest, double zero_point = 0.0) {
  return {{"stars", stars},
          {"parallax_error_min", smallest},
          {"parallax_error_max", largest},
          {"parallax_zero_point", zero_point}};
}

Catalogue simulate(const Vector& truth, const Observation& observed) {
  sim::random::Stream latents({1, 0, 0}, sim::random::Purpose::latents), noise({1, 0, 0}, sim::random::Purpose::noise);
  return kStudy.simulate(truth, observed, latents, noise);
}

density::ParameterSpace default_space() {
  std::vector<std::string> names;
  std::vector<density::Prior> priors;
  for (const auto& parameter : kStudy.parameters()) {
    names.push_back(parameter.name);
    priors.push_back(density::Prior::parse(parameter.default_prior));
  }
  return {names, priors};
}

TEST(ClusterDistanceStudy, DefaultsCanBeSimulated) {
  Observation defaults;
  for (const auto& key : kStudy.observe_keys()) defaults[key.name] = key.default_value;
  Vector truth(kParameters);
  for (Eigen::Index i = 0; i < kParameters; ++i) {
    truth[i] = *kStudy.parameters()[static_cast<std::size_t>(i)].default_truth;
  }
  kStudy.check(truth, defaults);
  const Catalogue catalogue = simulate(truth, defaults);
  EXPECT_EQ(catalogue.rows(), 256u);
  for (const double error : catalogue["parallax_error"]) EXPECT_TRUE(error >= 0.01 && error <= 0.1);
}

TEST(ClusterDistanceStudy, SimulatesDistancesThatAreCutAtZero) {
  // Noise-free parallaxes are distances: a half-normal for mu -> 0, and its mean s sqrt(2/pi).
  const double stars = 20000.0, sd = 0.5;
  const Catalogue catalogue = simulate(Vector{{1e-9, std::log(sd)}}, observation(stars, 1e-12, 1e-12));
  double sum = 0.0;
  for (const double parallax : catalogue["parallax"]) {
    ASSERT_GT(parallax, 0.0);
    sum += 1.0 / parallax;
  }
  // 4.5 standard errors: false alarm 7e-6.
  const double error = sd * std::sqrt((1.0 - 2.0 / M_PI) / stars);
  EXPECT_NEAR(sum / stars, sd * std::sqrt(2.0 / M_PI), 4.5 * error);
}

TEST(ClusterDistanceStudy, SimulatesDepthNoiseAndZeroPointAsAsked) {
  const double stars = 20000.0;
  const Catalogue catalogue = simulate(Vector{{2.0, std::log(0.1)}}, observation(stars, 0.02, 0.05, -0.04));
  double first = 0.0, second = 0.0, noise = 0.0, log_error = 0.0;
  for (std::size_t n = 0; n < catalogue.rows(); ++n) {
    const double parallax = catalogue["parallax"][n] + 0.04, error = catalogue["parallax_error"][n];
    first += parallax / stars;
    second += parallax * parallax / stars;
    noise += error * error / stars;
    log_error += std::log(error) / stars;
  }
  // Parallax 1/r of r = 2 +- 0.1 to fourth order: mean (1 + x^2 + 3 x^4)/2, variance (x^2 + 8 x^4)/4, x = 0.05.
  const double x = 0.05 * 0.05, variance = (x + 8.0 * x * x) / 4.0 + noise;
  // 4.5 standard errors: false alarm 7e-6 each.
  EXPECT_NEAR(first, 0.5 * (1.0 + x + 3.0 * x * x), 4.5 * std::sqrt(variance / stars));
  EXPECT_NEAR((second - first * first) / variance, 1.0, 4.5 * std::sqrt(2.0 / stars));
  EXPECT_NEAR(log_error, 0.5 * std::log(0.02 * 0.05), 4.5 * std::log(2.5) / std::sqrt(12.0 * stars));
}

TEST(ClusterDistanceStudy, TheZeroPointIsTakenOffTheData) {
  const Vector truth{{2.0, -3.0}};
  const auto shifted = observation(50.0, 0.02, 0.05, -0.04), straight = observation(50.0, 0.02, 0.05);
  Vector gradient(2);
  EXPECT_NEAR(kStudy.likelihood(simulate(truth, shifted), shifted)->log_likelihood(truth, gradient),
              kStudy.likelihood(simulate(truth, straight), straight)->log_likelihood(truth, gradient), 1e-9);
}

TEST(ClusterDistanceStudy, RefusesWhatCannotBeSimulatedAndNamesIt) {
  const auto message = [](const Vector& truth, const Observation& observed) -> std::string {
    try {
      kStudy.check(truth, observed);
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };
  const Vector good{{0.5, -4.0}};
  EXPECT_EQ(message(good, observation(1.0, 0.1, 0.1)), "accepted");
  EXPECT_THAT(message(Vector{{0.0, -4.0}}, observation(9.0, 0.1, 0.2)), testing::HasSubstr("truth.mu_r"));
  EXPECT_THAT(message(good, observation(2.5, 0.1, 0.2)), testing::HasSubstr("observe.stars"));
  EXPECT_THAT(message(good, observation(9.0, 0.0, 0.2)), testing::HasSubstr("observe.parallax_error_min"));
  EXPECT_THAT(message(good, observation(9.0, 0.3, 0.2)), testing::HasSubstr("observe.parallax_error_min"));
}

TEST(ClusterDistanceStudy, StartsLieInsideThePriorForAnyCatalogue) {
  const auto space = default_space();
  sim::random::Stream stream({1, 0, 0}, sim::random::Purpose::starts);
  for (const auto& parallaxes : {std::vector{2.0}, std::vector{-0.5, -0.1}, std::vector{1.0, 1.0, 1.0},
                                 std::vector{0.1, 5.0, -3.0, 0.2}, std::vector{1e3, 1e3}}) {
    Catalogue catalogue(parallaxes.size());
    catalogue.add("parallax", "mas", parallaxes);
    catalogue.add("parallax_error", "mas", std::vector<double>(parallaxes.size(), 0.1));
    const auto starts = kStudy.starts(catalogue, space, stream);
    ASSERT_EQ(starts.size(), 2u);
    const auto likelihood = kStudy.likelihood(catalogue, observation(9.0, 0.1, 0.1));
    for (const Vector& start : starts) {
      Vector gradient(2);
      EXPECT_TRUE(space.unconstrain(start).allFinite());
      EXPECT_TRUE(std::isfinite(likelihood->log_likelihood(start, gradient)) && gradient.allFinite());
    }
  }
}

TEST(ClusterDistanceStudy, DerivesDepthAndDistanceModulus) {
  const Vector derived = kStudy.derive(Vector{{1.0, std::log(0.0087)}});
  EXPECT_NEAR(derived[0], 8.7, 1e-12);
  EXPECT_NEAR(derived[1], 10.0, 1e-12);
}

/// Whether draws of a depth that the noise hides have the quantiles of the exact posterior.
TEST(ClusterDistanceStudy, PosteriorOfADepthFarBelowTheNoiseIsThatOfQuadratureWithoutDivergences) {
  const auto observed = observation(100.0, 0.1, 0.3);
  const Catalogue catalogue = simulate(Vector{{2.0, std::log(0.001)}}, observed);
  const density::Posterior posterior(kStudy.likelihood(catalogue, observed), default_space());
  sim::random::Stream stream({1, 0, 0}, sim::random::Purpose::starts);
  std::vector<Vector> starts;
  for (const Vector& start : kStudy.starts(catalogue, posterior.space(), stream)) {
    starts.push_back(posterior.space().unconstrain(start));
  }
  const auto sample = nuts::sample_posterior(posterior, starts, {}, {}, {1, 0, 0});
  ASSERT_EQ(sample.status, nuts::SampleStatus::converged) << sample.message;
  Matrix mu(1000 * sample.thin, 4), depth(mu.rows(), 4);
  for (Eigen::Index c = 0; c < 4; ++c) {
    const auto& chain = sample.chains[static_cast<std::size_t>(c)];
    EXPECT_EQ(std::accumulate(chain.diverging.begin(), chain.diverging.end(), 0), 0);
    mu.col(c) = chain.position.col(kMeanDistance);
    depth.col(c) = chain.position.col(kLogDepth);
  }

  // The posterior in the sampler's coordinates on a grid that is some ten standard deviations wide either way.
  constexpr Eigen::Index kNodes = 121;
  const auto axis = [](const Matrix& draws) {
    const double mean = draws.mean(), sd = std::sqrt((draws.array() - mean).square().mean());
    return Vector(Vector::LinSpaced(kNodes, mean - 10.0 * sd, mean + 10.0 * sd));
  };
  const Vector mu_axis = axis(mu), depth_axis = axis(depth);
  Matrix density(kNodes, kNodes);
  Vector gradient(2);
  for (Eigen::Index i = 0; i < kNodes; ++i) {
    for (Eigen::Index j = 0; j < kNodes; ++j) {
      density(i, j) = posterior.log_density(Vector{{mu_axis[i], depth_axis[j]}}, gradient);
    }
  }
  density = (density.array() - density.maxCoeff()).exp();
  const auto expect_quantiles = [](const Matrix& draws, const Vector& nodes, const Vector& mass) {
    const double ess = std::min(diagnostics::ess_bulk(draws), diagnostics::ess_tail(draws));
    for (const double wanted : {0.025, 0.5, 0.975}) {
      double below = 0.0;
      Eigen::Index k = 0;
      for (; below + 0.5 * mass[k] < wanted * mass.sum(); ++k) below += mass[k];
      const double exact = (below + 0.5 * mass[k]) / mass.sum();  // the chance of a draw below node k
      const double found = (draws.array() < nodes[k]).cast<double>().mean();
      // 4.5 standard errors: false alarm 7e-6 each.
      EXPECT_NEAR(found, exact, 4.5 * std::sqrt(exact * (1.0 - exact) / ess)) << wanted;
    }
  };
  expect_quantiles(mu, mu_axis, density.rowwise().sum());
  expect_quantiles(depth, depth_axis, density.colwise().sum());
  // What is hidden: all depths below some 0.1 kpc are as likely as the prior makes them.
  EXPECT_LT(posterior.space().constrain(Vector{{mu.mean(), depth.minCoeff()}})[kLogDepth], -7.9);
  EXPECT_LT(posterior.space().constrain(Vector{{mu.mean(), depth.maxCoeff()}})[kLogDepth], -0.5);
}

}  // namespace
}  // namespace praesepe::infer::models::cluster_distance
