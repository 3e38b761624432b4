// Importance sampling with a mixture of t: evidence of every mode, a better mixture, and an independence step for
// chains.
//
//   ln Z = ln mean(w),  w = pi(x)/q(x), x ~ q                  Pareto-smoothed; k-hat says whether to believe it
//   a_k, mean_k, scale_k  <-  weighted EM step of the mixture    Cappe et al. 2008, Stat. Comput. 18, 447
//   w = pi(x) / sum_t (n_t/n) q_t(x)                            n_t draws of each q_t so far: Cornuet et al. 2012,
//                                                               Scand. J. Stat. 39, 798
//   x -> y ~ q with probability min(1, w(y)/w(x))                independence Metropolis-Hastings
#pragma once

#include <vector>

#include "infer/nuts/hamiltonian.hpp"
#include "infer/nuts/modes.hpp"
#include "infer/nuts/proposal.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::nuts {

/// Smallest weight of a component before normalisation: a mode stays within reach even if its evidence was misjudged.
constexpr double kSmallestWeight = 0.05;

/// One component a mode, with weights proportional to exp(log_weights) but none below kSmallestWeight.
MixtureOfT mixture_of(const std::vector<Mode>& modes, const std::vector<double>& log_weights);
/// The same with weights proportional to the modes' evidences.
MixtureOfT mixture_of(const std::vector<Mode>& modes);

struct ImportanceSample {
  Matrix draws;                       ///< (D, n)
  Vector lp;                          ///< (n) log density of the target
  Vector weights;                     ///< (n), sum 1; all 0 if no draw lies inside the support
  double log_evidence;                ///< of the whole target
  std::vector<double> log_evidences;  ///< (K) each draw counted to the component that is densest there
  double effective_size;              ///< 1 / sum of squared weights
  double k_hat;                       ///< Pareto shape of the weights; trust below diagnostics::k_hat_limit(n)
  double acceptance_rate;             ///< expected, of the independence step at equilibrium
};
/// n draws, spread over the components in proportion to their weights.
ImportanceSample importance_sample(const density::LogDensity& target, const Proposal& proposal, int n,
                                   sim::random::Stream stream);

/// Samples of one target, sample t drawn from proposal t, as one: each draw is weighed against all of these together.
/// Evidences by component are not known of it.
ImportanceSample pooled(const std::vector<ImportanceSample>& samples, const std::vector<Proposal>& proposals);

/// The draws (D) of the largest weights, the heaviest first: a mode that the proposal misses shows there first.
std::vector<Vector> heaviest_draws(const ImportanceSample& sample, std::size_t count);

/// Indices of as many draws as there are weights (n) of any sum, each about as often as its weight says (systematic
/// resampling), in their order. 0 <= offset < 1.
std::vector<Eigen::Index> evenly_resampled(const Vector& weights, double offset);

/// One step of weighted EM, of the straightened draws; each component keeps its old moments as 2 D pseudo-draws.
Proposal adapted(const Proposal& proposal, const ImportanceSample& sample);

/// Independence Metropolis-Hastings steps that leave the target invariant; lp and gradient of the state stay true.
class IndependenceStep {
 public:
  /// `proposals`: steps a call. Keeps a reference to `target`.
  IndependenceStep(const density::LogDensity& target, Proposal proposal, int proposals);
  void operator()(State& state, sim::random::Stream& stream) const;

  const Proposal& proposal() const { return proposal_; }
  int proposals() const { return proposals_; }

 private:
  const density::LogDensity* target_;
  Proposal proposal_;
  int proposals_;
};

/// Proposals a call such that at least one is accepted half of the time, between 1 and kMaxProposals.
constexpr int kMaxProposals = 16;
int proposals_for(double acceptance_rate);

}  // namespace praesepe::infer::nuts
