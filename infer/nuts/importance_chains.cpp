#include "infer/nuts/importance_chains.hpp"

namespace praesepe::infer::nuts {

void ImportanceChains::extend(ChainGroup& group, int draws) {
  group.propose(proposal_, draws, proposed_);
  const Eigen::Index each = proposed_.front().size(), all = each * static_cast<Eigen::Index>(proposed_.size());
  ImportanceSample sample{};
  sample.draws.resize(proposal_.dimension(), all);
  sample.lp.resize(all);
  Eigen::Index first = 0;
  for (const Draws& chain : proposed_) {
    sample.draws.middleCols(first, each) = chain.position.transpose();
    sample.lp.segment(first, each) = chain.lp;
    first += each;
  }
  sample_ = pooled({std::move(sample)}, {proposal_});
}

std::vector<Draws> ImportanceChains::resampled() const {
  std::vector<Draws> chains = proposed_;
  Eigen::Index first = 0;
  for (Draws& chain : chains) {
    const auto kept = evenly_resampled(sample_.weights.segment(first, chain.size()), 0.5);
    first += chain.size();
    chain.position = Matrix(chain.position(kept, Eigen::all));
    chain.lp = Vector(chain.lp(kept));
  }
  return chains;
}

}  // namespace praesepe::infer::nuts
