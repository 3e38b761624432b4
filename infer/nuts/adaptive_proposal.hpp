// A proposal that learns from its own importance samples.
//
// Adaptive multiple importance sampling (Cornuet et al. 2012, Scand. J. Stat. 39, 798): every draw taken so far is
// weighed against all proposals together, and the next one is fitted to them. A single component is bent along its
// longest axis (twist.hpp); of several each stays what it is, a mode.
#pragma once

#include "infer/nuts/weighed_modes.hpp"

namespace praesepe::infer::nuts {

/// Weights of an importance sample with a k-hat below this have a finite variance.
constexpr double kFiniteVarianceKHat = 0.5;

class AdaptiveProposal {
 public:
  /// Samples from `first` and from what it is adapted to, until most proposals of an independence step would be
  /// accepted, or five times.
  AdaptiveProposal(Proposal first, EvidenceSampler& sampler);

  /// Of all that were sampled from, the one with the highest rate of acceptance among those with weights of a finite
  /// variance, or among all if none has; and its sample.
  const Proposal& best() const { return proposals_[best_]; }
  const ImportanceSample& check() const { return samples_[best_]; }

 private:
  void sample(Proposal proposal);
  Proposal refitted() const;

  EvidenceSampler* sampler_;
  std::vector<Proposal> proposals_;
  std::vector<ImportanceSample> samples_;  // one of each
  std::size_t best_ = 0;
};

}  // namespace praesepe::infer::nuts
