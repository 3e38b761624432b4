// Jumps of chains: an independence step, and how far importance sampling says that it reaches.
#pragma once

#include <string>

#include "infer/nuts/chain_group.hpp"
#include "infer/nuts/importance.hpp"

namespace praesepe::infer::nuts {

/// A place is within reach of jumps where the posterior exceeds their density by less than this factor: that many
/// proposals, far fewer than the draws of a chain, bring a chain in and out.
constexpr double kReach = 30.0;

/// `lp`: log density of the target at `position`. `reach`: more than kReach where the proposal's own sample has weights
/// as large.
bool is_within_reach(const Vector& position, double lp, const Proposal& proposal, double log_evidence,
                     double reach = kReach);

/// Whether chains that started far out have stayed within a proposal's reach: all of them now, and nearly all that they
/// drew.
bool holds(const ChainGroup& group, const Proposal& proposal, double log_evidence, double reach);

struct Jump {
  /// From a proposal that is now frozen, of which `check` is an importance sample. Keeps a reference to `target`.
  Jump(const density::LogDensity& target, const Proposal& proposal, const ImportanceSample& check);

  bool is_trusted() const { return k_hat < k_hat_limit; }
  /// The posterior is known so well that chains need no adaptation.
  bool carries() const { return is_trusted() && step.proposals() <= 2; }
  /// Weights of an infinite variance, as those of a funnel, explain nothing.
  bool reaches(const Vector& position, const density::LogDensity& target) const;
  /// What that sample says, in words.
  std::string text(const ImportanceSample& check) const;

  IndependenceStep step;
  double log_evidence;
  double k_hat, k_hat_limit;
};

}  // namespace praesepe::infer::nuts
