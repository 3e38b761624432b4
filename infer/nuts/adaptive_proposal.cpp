#include "infer/nuts/adaptive_proposal.hpp"

namespace praesepe::infer::nuts {

namespace {

constexpr std::size_t kMostAdaptations = 5;
constexpr int kEmSteps = 3;  // of each
/// A proposal that is accepted so often is not adapted any further.
constexpr double kGoodAcceptance = 0.6;

double merit(const ImportanceSample& sample) {
  return sample.acceptance_rate - (sample.k_hat < kFiniteVarianceKHat ? 0.0 : 1.0);
}

}  // namespace

AdaptiveProposal::AdaptiveProposal(Proposal first, EvidenceSampler& sampler) : sampler_(&sampler) {
  sample(std::move(first));
  while (merit(check()) < kGoodAcceptance && samples_.size() <= kMostAdaptations) sample(refitted());
}

void AdaptiveProposal::sample(Proposal proposal) {
  samples_.push_back((*sampler_)(proposal));
  proposals_.push_back(std::move(proposal));
  if (merit(samples_.back()) > merit(check())) best_ = samples_.size() - 1;
}

Proposal AdaptiveProposal::refitted() const {
  const ImportanceSample pool = pooled(samples_, proposals_);
  Proposal next = proposals_.back();
  if (pool.effective_size > 0.0 && next.mixture().components().size() == 1) {
    next = Proposal(next.mixture(), Twist(pool.draws, pool.weights));
  }
  for (int step = 0; step < kEmSteps; ++step) next = adapted(next, pool);
  return next;
}

}  // namespace praesepe::infer::nuts
