#include "tests/infer/models/globular/posterior_problem.hpp"

namespace praesepe::tests {

using infer::models::globular::GlobularStudy;
using infer::nuts::PosteriorSample;

PosteriorProblem::PosteriorProblem(const Regime& regime, double stars, const Priors& changed, std::uint32_t replicate)
    : catalogue(catalogue_of(regime, stars, replicate)) {
  const GlobularStudy study;
  infer::models::Observation observation;
  for (const auto& key : study.observe_keys()) observation[key.name] = key.default_value;
  std::vector<infer::density::Prior> priors;
  for (const auto& parameter : study.parameters()) {
    priors.push_back(infer::density::Prior::parse(parameter.default_prior));
  }
  for (const auto& [parameter, text] : changed) priors[parameter] = infer::density::Prior::parse(text);
  posterior = std::make_unique<infer::density::Posterior>(study.likelihood(catalogue, observation),
                                                          study.space(priors, catalogue));
  sim::random::Stream stream({21, 0, 0}, sim::random::Purpose::starts);
  for (const Vector& start : study.starts(catalogue, posterior->space(), stream)) {
    starts.push_back(posterior->space().unconstrain(start));
  }
}

PosteriorSample PosteriorProblem::collapsed(const infer::nuts::SamplerOptions& options) const {
  return infer::nuts::sample_posterior(*posterior, starts, options, {.max_r_hat = 1.05, .min_ess = 200.0}, {21, 0, 0});
}

infer::density::Matrix PosteriorProblem::draws_of(const PosteriorSample& sample, std::size_t parameter,
                                                  Eigen::Index step) const {
  Matrix values(sample.chains.front().size() / step, static_cast<Eigen::Index>(sample.chains.size()));
  for (Eigen::Index c = 0; c < values.cols(); ++c) {
    for (Eigen::Index i = 0; i < values.rows(); ++i) {
      const Vector q = sample.chains[static_cast<std::size_t>(c)].position.row((i + 1) * step - 1);
      values(i, c) = posterior->space().constrain(q)[static_cast<Eigen::Index>(parameter)];
    }
  }
  return values;
}

}  // namespace praesepe::tests
