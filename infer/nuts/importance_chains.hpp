// Draws by importance resampling, where a proposal is that good.
//
// Each chain draws proposals of its own and resamples as many of them, in proportion to their weights and evenly
// (systematic resampling), in the order in which they were drawn: copies of a draw come one after the other. To R-hat
// and effective sizes that is a Markov chain that stays where it is for as long as it has copies, so that they say what
// the weights cost. Weights are Pareto-smoothed over all chains (Vehtari et al. 2024, JMLR 25, 72).
#pragma once

#include <vector>

#include "infer/nuts/draws.hpp"
#include "infer/nuts/importance.hpp"

namespace praesepe::infer::nuts {

class ImportanceChains {
 public:
  /// Keeps a reference to `target`. Chain c draws from the streams (Purpose::chain, 4096 + 64 attempt + c)
  /// and, to resample, 4096 further.
  ImportanceChains(const density::LogDensity& target, Proposal proposal, int chains, sim::random::StreamKey key,
                   std::uint32_t attempt);

  /// So many more proposals for each chain.
  void extend(int draws);
  const Proposal& proposal() const { return proposal_; }
  /// All proposals of all chains, weighed.
  const ImportanceSample& sample() const { return sample_; }
  /// As many equally weighted draws of each chain as it has proposals. Statistics of trajectories are not a number.
  std::vector<Draws> resampled() const;

 private:
  struct Chain {
    sim::random::Stream proposals, resampling;
  };
  Draws resampled(std::size_t chain) const;

  const density::LogDensity* target_;
  Proposal proposal_;
  std::vector<Chain> chains_;
  ImportanceSample sample_;  // proposal k of chain c in column k chains + c
};

}  // namespace praesepe::infer::nuts
