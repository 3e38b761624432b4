// Effective draws per gradient of four chains on a target: the sampler's figure of merit, the same on every machine.
#pragma once

#include <vector>

#include "infer/nuts/chain.hpp"

namespace praesepe::tests {

struct SamplerRun {
  std::vector<infer::nuts::Draws> chains;
  double min_ess_bulk = 0.0;  ///< over the coordinates; any monotone function of a coordinate has the same
  double max_r_hat = 0.0;
  long leapfrogs = 0;  ///< of the kept draws
  long gradients = 0;  ///< warm-up included
  int divergences = 0;

  double ess_per_leapfrog() const { return min_ess_bulk / static_cast<double>(leapfrogs); }
  double ess_per_gradient() const { return min_ess_bulk / static_cast<double>(gradients); }
};

/// Four chains from uniform(-2, 2) in each coordinate, with `options.warmup` and then `draws` transitions each.
SamplerRun run_four_chains(const infer::density::LogDensity& target, const infer::nuts::ChainOptions& options,
                           int draws, std::uint64_t seed);

/// The draws of one function of the coordinates: (draws, chains).
template <class F>
infer::density::Matrix draws_of(const SamplerRun& run, F function) {
  infer::density::Matrix values(run.chains.front().size(), static_cast<Eigen::Index>(run.chains.size()));
  for (Eigen::Index c = 0; c < values.cols(); ++c)
    for (Eigen::Index i = 0; i < values.rows(); ++i)
      values(i, c) = function(infer::density::Vector(run.chains[static_cast<std::size_t>(c)].position.row(i)));
  return values;
}

}  // namespace praesepe::tests
