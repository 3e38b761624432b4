#include "infer/nuts/jump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "infer/diagnostics/psis.hpp"
#include "infer/nuts/adaptive_proposal.hpp"

namespace praesepe::infer::nuts {

namespace {

constexpr double kStrayShare = 0.01;  // of the draws of chains may lie beyond reach

}  // namespace

bool is_within_reach(const Vector& position, double lp, const Proposal& proposal, double log_evidence, double reach) {
  return lp - proposal.log_density(position) - log_evidence < std::log(reach);
}

bool holds(const ChainGroup& group, const Proposal& proposal, double log_evidence, double reach) {
  const auto reaches = [&](const Vector& position, double lp) {
    return is_within_reach(position, lp, proposal, log_evidence, reach);
  };
  Eigen::Index draws = 0, beyond = 0;
  for (const Draws& chain : group.draws()) {
    draws += chain.size();
    for (Eigen::Index i = 0; i < chain.size(); ++i) beyond += !reaches(chain.position.row(i), chain.lp[i]);
  }
  const auto states = group.states();
  return static_cast<double>(beyond) <= kStrayShare * static_cast<double>(draws) &&
         std::ranges::all_of(states, [&](const State& now) { return reaches(now.position, now.lp); });
}

Jump::Jump(const density::LogDensity& target, const Proposal& proposal, const ImportanceSample& check)
    : step(target, proposal, proposals_for(check.acceptance_rate)),
      log_evidence(check.log_evidence),
      k_hat(check.k_hat),
      k_hat_limit(diagnostics::k_hat_limit(check.draws.cols())) {}

bool Jump::reaches(const Vector& position, const density::LogDensity& target) const {
  return k_hat < kFiniteVarianceKHat &&
         is_within_reach(position, target.value(position), step.proposal(), log_evidence);
}

std::string Jump::text(const ImportanceSample& check) const {
  std::string weights = check.log_evidences.empty() ? "" : ", components of weight";
  for (const double part : check.log_evidences) weights += fmt::format(" {:.3f}", std::exp(part - log_evidence));
  return fmt::format(
      "mixture of t{}: k-hat {:.2f} ({} {:.2f}), effective {:.0f} of {} draws, expected acceptance {:.2f}, {} "
      "proposals "
      "a transition",
      weights, k_hat, is_trusted() ? "below" : "not below", k_hat_limit, check.effective_size, check.draws.cols(),
      check.acceptance_rate, step.proposals());
}

}  // namespace praesepe::infer::nuts
