// A study's simulated catalogue, its posterior, and one chain.
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "infer/density/posterior.hpp"
#include "infer/models/line/line_study.hpp"
#include "infer/nuts/chain.hpp"

int main() {
  using namespace praesepe;
  using infer::density::Vector;
  using sim::random::Purpose;
  const sim::random::StreamKey key{20230801, 0, 0};
  const infer::models::line::LineStudy study;

  infer::models::Observation observation;
  for (const auto& k : study.observe_keys()) observation[k.name] = k.default_value;
  std::vector<infer::density::Prior> priors;
  for (const auto& parameter : study.parameters()) {
    priors.push_back(infer::density::Prior::parse(parameter.default_prior));
  }

  const Vector truth{{3.0, 10.0, std::log(5.0), 0.8}};
  sim::random::Stream latents(key, Purpose::latents), noise(key, Purpose::noise), starts(key, Purpose::starts);
  const auto catalogue = study.simulate(truth, observation, latents, noise);
  const infer::density::ParameterSpace space = study.space(priors, catalogue);
  const auto start = space.unconstrain(study.starts(catalogue, space, starts).front());
  const infer::density::Posterior posterior(study.likelihood(catalogue, observation), space);

  infer::nuts::Chain chain(posterior, start, {}, sim::random::Stream(key, Purpose::chain));
  chain.warm_up();
  const auto draws = chain.sample(500);
  Vector slopes(draws.size());
  for (Eigen::Index n = 0; n < draws.size(); ++n) {
    slopes[n] = space.constrain(Vector(draws.position.row(n)))[infer::models::line::Layout::slope()];
  }
  const double mean = slopes.mean(), sd = std::sqrt((slopes.array() - mean).square().mean());
  std::printf("slope: %.3f +- %.3f, true 3\n", mean, sd);
  // The key is fixed; of all keys, 6e-7 would fail a Gaussian posterior.
  return std::abs(mean - 3.0) < 5.0 * sd && sd < 1.0 ? 0 : 1;
}
