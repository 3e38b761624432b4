#include "tests/support/degenerate_fit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "infer/density/posterior.hpp"

namespace praesepe::tests {

using infer::density::Vector;
namespace nuts = infer::nuts;

namespace {

const nuts::ConvergenceRule kRule{.max_r_hat = 1.05, .min_ess = 100.0};

/// Four chains, each transition a full tree of 31: at most eight times warmed up and drawn (the first time, four
/// restarts, anew, two shorter steps), and continued. Beside them four times an evidence and six proposals, each of
/// some 340 importance draws for every mode, of which there are 20; and mode searches. Roughly so: it is to end.
long most_gradients(int draws) { return 4L * 31 * (8 * 2 + 1) * draws + 4L * 7 * 20 * 340 + 20000; }

infer::density::ParameterSpace default_space(const infer::models::Study& study,
                                             const sim::astrometry::Catalogue& catalogue) {
  std::vector<infer::density::Prior> priors;
  for (const auto& parameter : study.parameters()) {
    priors.push_back(infer::density::Prior::parse(parameter.default_prior));
  }
  return study.space(priors, catalogue);
}

}  // namespace

double DegenerateFit::of(const infer::models::Study& study, std::string_view name) const {
  const auto& parameters = study.parameters();
  const auto found = std::ranges::find(parameters, name, &infer::models::Parameter::name);
  if (found == parameters.end()) throw std::out_of_range(std::string(name));
  return mean[found - parameters.begin()];
}

DegenerateFit fit_degenerate(const infer::models::Study& study, const infer::models::Observation& observation,
                             const sim::astrometry::Catalogue& catalogue, int draws) {
  // A fit that mixes badly may go on to twice as many draws.
  const nuts::SamplerOptions options{.warmup = draws, .draws = draws, .max_depth = 5, .max_continuation = 2};
  const infer::density::Posterior posterior(study.likelihood(catalogue, observation), default_space(study, catalogue));
  sim::random::Stream stream({7, 0, 0}, sim::random::Purpose::starts);
  std::vector<Vector> starts;
  for (const Vector& start : study.starts(catalogue, posterior.space(), stream)) {
    starts.push_back(posterior.space().unconstrain(start));
  }
  DegenerateFit result{nuts::sample_posterior(posterior, starts, options, kRule, {11, 0, 0}),
                       Vector::Zero(static_cast<Eigen::Index>(study.parameters().size()))};
  const auto& sample = result.sample;
  std::printf("  %d %s: %ld gradients\n", static_cast<int>(sample.status), sample.message.c_str(),
              sample.n_log_density);
  EXPECT_NE(sample.status, nuts::SampleStatus::failed) << sample.message;
  EXPECT_EQ(sample.message.empty(), sample.status == nuts::SampleStatus::converged);
  EXPECT_LT(sample.n_log_density, most_gradients(draws));
  EXPECT_EQ(sample.chains.size(), 4U);
  Eigen::Index count = 0;
  for (const auto& chain : sample.chains) {
    EXPECT_EQ(chain.size(), options.draws * sample.thin);
    EXPECT_TRUE(chain.position.allFinite());
    for (Eigen::Index i = 0; i < chain.size(); ++i) {
      result.mean += posterior.space().constrain(chain.position.row(i).transpose());
    }
    count += chain.size();
  }
  result.mean /= static_cast<double>(count);
  EXPECT_TRUE(result.mean.allFinite());
  return result;
}

}  // namespace praesepe::tests
