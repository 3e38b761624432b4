#include "tests/support/sampler_efficiency.hpp"

#include <algorithm>
#include <limits>

#include "infer/diagnostics/summary.hpp"

namespace praesepe::tests {

using infer::density::Vector;

SamplerRun run_four_chains(const infer::density::LogDensity& target, const infer::nuts::ChainOptions& options,
                           int draws, std::uint64_t seed) {
  const sim::random::StreamKey key{.seed = seed};
  SamplerRun run;
  for (std::uint32_t c = 0; c < 4; ++c) {
    sim::random::Stream starts(key, sim::random::Purpose::starts, c);
    Vector start(target.dimension());
    for (double& q : start) q = starts.uniform(-2.0, 2.0);
    infer::nuts::Chain chain(target, start, options, {key, sim::random::Purpose::chain, c});
    chain.warm_up();
    const auto& drawn = run.chains.emplace_back(chain.sample(draws));
    run.gradients += chain.gradients();
    for (const int n : drawn.n_steps) run.leapfrogs += n;
    run.divergences += static_cast<int>(std::ranges::count(drawn.diverging, 1));
  }
  run.min_ess_bulk = std::numeric_limits<double>::infinity();
  for (Eigen::Index i = 0; i < target.dimension(); ++i) {
    const auto values = draws_of(run, [i](const Vector& q) { return q[i]; });
    run.min_ess_bulk = std::min(run.min_ess_bulk, infer::diagnostics::ess_bulk(values));
    run.max_r_hat = std::max(run.max_r_hat, infer::diagnostics::r_hat(values));
  }
  return run;
}

}  // namespace praesepe::tests
