// The sampling ladder: from a log density and starting points to draws of the whole posterior, for every study.
//
//   starts -> modes (quasi-Newton) -> evidence of each -> importance draws, or chains -> diagnostics -> next rung, or
//   done
//
// Every chain targets the whole posterior: where several modes carry mass, NUTS is interleaved with an independence
// step from a mixture of t distributions fitted to all modes. Whatever a rung does is written down with its reason and
// its cost; no chain is ever dropped because it disagrees. The rungs, in the order in which they are tried:
//
//   modes          climb from every start                                                     modes.hpp
//   evidence       Laplace; importance sampling for modes within 25 nats of the best, and for the two best in any case.
//                  More than 10 nats below the best: recorded, not started in                 importance.hpp
//   independence   mixture of t, adapted by importance sampling, then frozen; its k-hat is noted  adaptive_proposal.hpp
//   importance     a good proposal, beyond which short chains from far out do not walk: draws  importance_chains.hpp
//                  resampled from it, if k-hat < 0.5. If that does not suffice, up to three times more: from pieces of
//                  the ridge that it drew, then from pieces of what chains drew, 250 more each time. Chains that walk
//                  out, and the draws of the largest weights, lead to modes that the starts missed: if these have
//                  mass, a restart. Chains that walk out of the last proposal start anew, as without a good one. Never
//                  after a restart
//   chains         overdispersed starts, warm-up from the Laplace covariance, or a short one with a good proposal's;
//                  draws                                                                      chain_group.hpp
//                  Without a good proposal: up to 200 further draws a chain, then forgotten, to which jumps are fitted
//                  (three or five components along the longest axis, and the modes if several); used, with short
//                  trajectories, if their k-hat is below its limit
//   restart        R-hat > 1.05: climb from the first and last draw of every chain. A new mode with mass: all chains
//                  start anew with jumps. A chain in a mode without mass (by that mode's evidence and by that of the
//                  region which the chain sampled): it alone starts anew. At most 3 times. If chains still disagree
//                  after a continuation: once, all start anew with jumps fitted to the chains' own draws
//   independence   jumps fitted anew to all draws; the first time, all draws are then taken anew, by importance if that
//                  will do now
//   target_accept  divergences: adapt to 0.95, then 0.99, and draw anew. A divergence that remains is not explained
//                  away, unless it set out from where jumps of k-hat < 0.5 bring the chains in any case
//   continue       else, or at once where chains agree and have 60 % of the effective size: all chains go on to 2, 4, 8
//                  times `draws`; all draws are kept
//   restart        that does not do: once, chains that jumps carried start anew, with long trajectories beside the
//   jumps converged, not_converged, failed: the last entry, with the numbers. E-BFMI < 0.3 is a warning there.
//
// The same target, starts, options and key give the same bits. A target that throws fails its own task only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "infer/density/log_density.hpp"
#include "infer/nuts/chain_journal.hpp"
#include "infer/nuts/draws.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::nuts {

struct SamplerOptions {
  int chains = 4;
  int warmup = 400;
  int draws = 1000;  ///< kept draws a chain; a continued run keeps every n-th of n times as many
  double target_accept = 0.8;
  int max_depth = 10;
  bool importance = true;    ///< draws by importance resampling where that will do; else chains always walk
  int max_continuation = 8;  ///< the ladder continues a run to at most this many times `draws`
};

/// What counts as converged: rank-normalised R-hat, bulk and tail ESS of every monitored quantity within these limits,
/// and no unexplained divergence.
struct ConvergenceRule {
  double max_r_hat = 1.01;
  double min_ess = 1000.0;
  /// From a position (D) to the quantities that have to converge, such as a model's parameters; the coordinates
  /// themselves if empty.
  std::function<Vector(const Vector&)> monitored = {};
  std::vector<std::string> names = {};  ///< of these quantities, for messages; numbered if empty
};

struct LadderStep {
  std::string rung;    ///< "modes", "chains", "continue", "target_accept", "restart", ...
  std::string reason;  ///< in words, with the numbers that decided
  long gradients;      ///< log density evaluations spent on this rung, with a gradient or without
};

enum class SampleStatus { converged = 0, not_converged = 1, failed = 2 };

struct PosteriorSample {
  std::vector<Draws> chains;  ///< all draws of all chains; thin-fold `draws` each
  int thin = 1;
  SampleStatus status = SampleStatus::failed;
  std::string message;  ///< empty when converged, else what is wrong
  std::vector<LadderStep> ladder;
  long n_log_density = 0;
};

/// Draws from `target`. `starts`: (D) each, where mode searches begin. Streams are keyed by `key`, never by anything
/// else. `journal` (may be null) keeps what chains have done. Throws Interruption, and nothing else, where that does.
PosteriorSample sample_posterior(const density::LogDensity& target, const std::vector<Vector>& starts,
                                 const SamplerOptions& options, const ConvergenceRule& rule, sim::random::StreamKey key,
                                 ChainJournal* journal = nullptr);

}  // namespace praesepe::infer::nuts
