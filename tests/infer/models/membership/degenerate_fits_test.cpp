// Catalogues that cannot support the model that is fitted to them: the fit ends within bounds, and says what it is.
#include <gtest/gtest.h>

#include <cmath>

#include "infer/density/posterior.hpp"
#include "infer/nuts/posterior_sample.hpp"
#include "tests/infer/models/membership/configured.hpp"

namespace praesepe::infer::models::membership {
namespace {

using sim::random::Purpose;
using sim::random::Stream;

// Short chains; a fit that mixes badly may go on to twice as many draws.
const nuts::SamplerOptions kOptions{.warmup = 60, .draws = 60, .max_depth = 5, .max_continuation = 2};
const nuts::ConvergenceRule kRule{.max_r_hat = 1.05, .min_ess = 100.0};
// Four chains, each transition a full tree of 31: at most eight times warmed up and drawn (the first time, four
// restarts, anew, two shorter steps), and continued. Mode searches and importance samples beside them.
constexpr long kMostGradients = 4L * 31 * (8 * 120 + 60) + 100000;

struct Fit {
  nuts::PosteriorSample sample;
  Vector mean;  // of the parameters
};

/// Fits, and asserts what holds of every fit.
Fit fit(const Configured& c) {
  const auto catalogue = simulate(c);
  const density::Posterior posterior(c.study->likelihood(catalogue, c.observation), space_of(c, catalogue));
  Stream stream({7, 0, 0}, Purpose::starts);
  std::vector<Vector> starts;
  for (const Vector& start : c.study->starts(catalogue, posterior.space(), stream)) {
    starts.push_back(posterior.space().unconstrain(start));
  }
  Fit result{nuts::sample_posterior(posterior, starts, kOptions, kRule, {11, 0, 0}), Vector::Zero(c.truth.size())};
  const auto& sample = result.sample;
  std::printf("  %d %s: %ld gradients\n", static_cast<int>(sample.status), sample.message.c_str(),
              sample.n_log_density);
  EXPECT_NE(sample.status, nuts::SampleStatus::failed) << sample.message;
  EXPECT_EQ(sample.message.empty(), sample.status == nuts::SampleStatus::converged);
  EXPECT_LT(sample.n_log_density, kMostGradients);
  EXPECT_EQ(sample.chains.size(), 4U);
  Eigen::Index draws = 0;
  for (const auto& chain : sample.chains) {
    EXPECT_EQ(chain.size(), kOptions.draws * sample.thin);
    EXPECT_TRUE(chain.position.allFinite());
    for (Eigen::Index i = 0; i < chain.size(); ++i) {
      result.mean += posterior.space().constrain(chain.position.row(i).transpose());
    }
    draws += chain.size();
  }
  result.mean /= static_cast<double>(draws);
  EXPECT_TRUE(result.mean.allFinite());
  return result;
}

double mean_of(const Fit& result, Configured& c, const std::string& name) {
  return result.mean[&c.of(name) - c.truth.data()];
}

TEST(DegenerateFits, EndWhenNoStarIsOfTheField) {
  Configured c = configured(settings("proper-motions"));
  c.observation["stars"] = 60.0;
  c.of("cluster_fraction") = 1.0;
  EXPECT_GT(mean_of(fit(c), c, "cluster_fraction"), 0.9);
}

TEST(DegenerateFits, EndWhenNoStarIsOfTheCluster) {
  Configured c = configured(settings("proper-motions"));
  c.observation["stars"] = 60.0;
  c.of("cluster_fraction") = 0.0;
  EXPECT_LT(mean_of(fit(c), c, "cluster_fraction"), 0.4);  // a share of a Gaussian field may pass for a broad cluster
}

TEST(DegenerateFits, EndWithTwoIdenticalComponents) {
  Configured c = configured(settings("proper-motions", 2.0));
  c.observation["stars"] = 60.0;
  for (const char* name : {"pmra", "pmdec", "sigma_pmra", "sigma_pmdec", "rho_pm"}) {
    c.of(std::string("field_1_") + name) = c.of(std::string("field_0_") + name);
  }
  const Fit result = fit(c);
  EXPECT_LE(mean_of(result, c, "field_0_sigma_pmra"), mean_of(result, c, "field_1_sigma_pmra"));
}

TEST(DegenerateFits, EndWithFarTooManyComponents) {
  Configured c = configured(settings("pmra", 4.0));
  c.observation["stars"] = 60.0;
  fit(c);
}

TEST(DegenerateFits, EndWithFiveStars) {
  for (const double components : {1.0, 3.0}) {
    Configured c = configured(settings("proper-motions", components));
    c.observation["stars"] = 5.0;
    fit(c);
  }
}

TEST(DegenerateFits, EndWithOneStar) {
  Configured c = configured(settings("pmra"));
  c.observation["stars"] = 1.0;
  fit(c);
}

}  // namespace
}  // namespace praesepe::infer::models::membership
