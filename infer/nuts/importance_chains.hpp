// Draws by importance resampling, where a proposal is that good.
//
// Each chain has proposals of its own and resamples as many of them, in proportion to their weights and evenly
// (systematic resampling), in the order in which they were drawn: copies of a draw come one after the other. To R-hat
// and effective sizes that is a Markov chain that stays where it is for as long as it has copies, so that they say what
// the weights cost. Weights are Pareto-smoothed over all chains (Vehtari et al. 2024, JMLR 25, 72).
#pragma once

#include <vector>

#include "infer/nuts/chain_group.hpp"
#include "infer/nuts/importance.hpp"

namespace praesepe::infer::nuts {

class ImportanceChains {
 public:
  explicit ImportanceChains(Proposal proposal) : proposal_(std::move(proposal)) {}

  /// So many more proposals for each chain of the group, which stay where they are.
  void extend(ChainGroup& group, int draws);

  const Proposal& proposal() const { return proposal_; }
  /// All proposals of all chains, weighed.
  const ImportanceSample& sample() const { return sample_; }
  /// As many equally weighted draws of each chain as it has proposals. Statistics of trajectories are not a number.
  std::vector<Draws> resampled() const;

 private:
  Proposal proposal_;
  std::vector<Draws> proposed_;
  ImportanceSample sample_;  // one chain after the other
};

}  // namespace praesepe::infer::nuts
