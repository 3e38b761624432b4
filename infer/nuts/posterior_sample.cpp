#include "infer/nuts/posterior_sample.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <exception>
#include <numeric>
#include <optional>

#include "infer/diagnostics/psis.hpp"
#include "infer/nuts/chain_group.hpp"
#include "infer/nuts/convergence.hpp"
#include "infer/nuts/counted_density.hpp"
#include "infer/nuts/importance.hpp"
#include "infer/nuts/modes.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::nuts {

namespace {

using sim::random::Purpose;
using sim::random::Stream;

/// A mode whose evidence is lower than the best by more than this many nats is recorded, but holds no chain.
constexpr double kNegligibleEvidence = 10.0;
/// Within this many nats Laplace is too rough to decide, and the evidence is refined by importance sampling; that of
/// the two best modes in any case.
constexpr double kRefineEvidence = 25.0;
/// Above this R-hat the chains are asked which modes they are in.
constexpr double kSplitRHat = 1.05;
constexpr int kPilotDraws = 100;  // a chain
constexpr int kMaxRestarts = 3;
constexpr int kAdaptationRounds = 3;
constexpr double kShorterSteps[] = {0.95, 0.99};  // acceptance rates tried when transitions diverge

class Ladder {
 public:
  Ladder(const density::LogDensity& target, const SamplerOptions& options, const ConvergenceRule& rule,
         sim::random::StreamKey key)
      : target_(target), options_(options), rule_(rule), key_(key), group_(target_, options, key) {}

  PosteriorSample run(const std::vector<Vector>& starts);

 private:
  void climb_rungs(const std::vector<Vector>& starts);
  void search_modes(const std::vector<Vector>& starts);
  void weigh_modes();
  void start_chains();
  bool reconsider_modes(const Assessment& now);
  bool shorten_steps(const Assessment& now);
  bool jump_between_chains(const Assessment& now);
  bool continue_chains(const Assessment& now);

  IndependenceStep fit_jump(const std::vector<Mode>& modes);
  std::vector<Mode> regions_along_ridge() const;
  void add_jump_along_ridge();
  void pilot();
  Mode region_of(const Draws& chain) const;
  double gap_of_strays(const std::vector<std::size_t>& strays);
  double best_evidence() const;
  /// Indices of the modes within so many nats of the best, the most probable first; the first few in any case.
  std::vector<std::size_t> modes_within(double nats, std::size_t at_least = 1) const;
  std::vector<Mode> select(const std::vector<std::size_t>& indices) const;
  int importance_draws(std::size_t modes) const;
  Stream evidence_stream() { return Stream(key_, Purpose::evidence, evidence_index_++); }
  void record(std::string rung, std::string reason);

  CountedDensity target_;
  SamplerOptions options_;
  ConvergenceRule rule_;
  sim::random::StreamKey key_;
  ChainGroup group_;
  ModeSearch search_;
  PosteriorSample result_;
  std::uint32_t evidence_index_ = 0;  // importance samples are numbered in the order taken
  int restarts_ = 0;
  bool has_fitted_chains_ = false;
  bool has_fitted_ridge_ = false;
  bool is_jump_trusted_ = false;  // k-hat of the last fitted mixture below its limit
};

PosteriorSample Ladder::run(const std::vector<Vector>& starts) {
  try {
    climb_rungs(starts);
    result_.chains = group_.release();
  } catch (const std::exception& error) {  // the task fails, its neighbours go on
    result_.status = SampleStatus::failed;
    result_.message = error.what();
    record("failed", error.what());
  }
  result_.n_log_density = target_.evaluations();
  return std::move(result_);
}

void Ladder::climb_rungs(const std::vector<Vector>& starts) {
  search_modes(starts);
  weigh_modes();
  start_chains();
  for (;;) {
    const Assessment now = assess(group_.draws());
    if (now.is_converged(rule_)) {
      result_.status = SampleStatus::converged;
      record("converged", now.text());
      return;
    }
    if (reconsider_modes(now) || shorten_steps(now) || jump_between_chains(now) || continue_chains(now)) continue;
    result_.status = SampleStatus::not_converged;
    result_.message = "not converged: " + now.text();
    record("not_converged", now.text());
    return;
  }
}

void Ladder::search_modes(const std::vector<Vector>& starts) {
  search_ = find_modes(target_, starts);
  if (search_.modes.empty()) {
    throw TaskFailure(
        fmt::format("no starting point lies inside the support: the log density is not finite at any of {} "
                    "starts, nor between them and the origin",
                    starts.size()));
  }
  std::string reason = fmt::format("{} starts, {} modes:", starts.size(), search_.modes.size());
  for (const Mode& mode : search_.modes) {
    reason += fmt::format(" lp {:.2f}, Laplace ln Z {:.2f};", mode.lp, mode.log_evidence);
  }
  for (const auto& note : search_.notes) reason += " " + note + ";";
  reason.pop_back();
  record("modes", reason);
}

void Ladder::weigh_modes() {
  if (search_.modes.size() == 1) return;
  std::string reason;
  for (;;) {  // a refined evidence may bring other modes within reach
    const auto close = modes_within(kRefineEvidence, 2);
    if (std::all_of(close.begin(), close.end(), [&](std::size_t k) { return search_.modes[k].is_refined; })) break;
    const MixtureOfT mixture = mixture_of(select(close), std::vector<double>(close.size(), 0.0));
    const auto sample = importance_sample(target_, mixture, importance_draws(close.size()), evidence_stream());
    for (std::size_t i = 0; i < close.size(); ++i) {
      search_.modes[close[i]].log_evidence = sample.log_evidences[i];
      search_.modes[close[i]].is_refined = true;
    }
    reason += fmt::format("{} importance draws for {} modes (k-hat {:.2f}); ", sample.draws.cols(), close.size(),
                          sample.k_hat);
  }
  reason += "ln Z below the best:";
  for (const Mode& mode : search_.modes) {
    const double gap = best_evidence() - mode.log_evidence;
    reason += fmt::format(" {:.2f}{}", gap, gap > kNegligibleEvidence ? " (negligible)," : ",");
  }
  reason.pop_back();
  record("evidence", reason);
}

void Ladder::start_chains() {
  const auto modes = select(modes_within(kNegligibleEvidence));
  if (modes.size() == 1) {
    group_.start(modes, std::nullopt);
    pilot();
  } else {
    group_.start(modes, fit_jump(modes));
  }
  group_.sample(options_.draws);
  result_.thin = 1;
  record("chains",
         fmt::format("{} chains in {} mode{}, {} + {} transitions, target acceptance {}", options_.chains, modes.size(),
                     modes.size() == 1 ? "" : "s", options_.warmup, options_.draws, group_.target_accept()));
}

/// A mixture of t adapted by importance sampling, frozen before chains use it.
IndependenceStep Ladder::fit_jump(const std::vector<Mode>& modes) {
  std::vector<double> log_weights;
  for (const Mode& mode : modes) log_weights.push_back(mode.log_evidence);
  MixtureOfT mixture = mixture_of(modes, log_weights);
  const int n = importance_draws(modes.size());
  for (int round = 0; round < kAdaptationRounds; ++round) {
    mixture = adapted(mixture, importance_sample(target_, mixture, n, evidence_stream()));
  }
  const auto check = importance_sample(target_, mixture, n, evidence_stream());
  const int proposals = proposals_for(check.acceptance_rate);
  std::string weights;
  for (const double log_evidence : check.log_evidences) {
    weights += fmt::format(" {:.3f}", std::exp(log_evidence - check.log_evidence));
  }
  const double limit = diagnostics::k_hat_limit(n);
  is_jump_trusted_ = check.k_hat < limit;
  record("independence",
         fmt::format(
             "mixture of t, components of weight{}: k-hat {:.2f} ({} {:.2f}), effective {:.0f} of {} draws, expected "
             "acceptance {:.2f}, {} proposals a transition",
             weights, check.k_hat, check.k_hat < limit ? "below" : "not below", limit, check.effective_size, n,
             check.acceptance_rate, proposals));
  return IndependenceStep(target_, std::move(mixture), proposals);
}

/// Chains that disagree: climb from the first and last draw of each. A new mode with mass starts all chains anew, with
/// jumps between the modes; a chain that has been in a mode without mass starts anew in the main one.
bool Ladder::reconsider_modes(const Assessment& now) {
  if (now.max_r_hat < kSplitRHat || restarts_ == kMaxRestarts) return false;
  const auto& draws = group_.draws();
  const auto had_mass = modes_within(kNegligibleEvidence);
  const std::size_t known = search_.modes.size();
  std::vector<std::vector<std::size_t>> visited(draws.size());
  for (std::size_t c = 0; c < draws.size(); ++c) {
    for (const Eigen::Index row : {Eigen::Index{0}, draws[c].size() - 1}) {
      const auto mode = climb(target_, draws[c].position.row(row).transpose(), search_);
      if (mode) visited[c].push_back(*mode);
    }
  }
  if (search_.modes.size() > known) weigh_modes();
  const auto have_mass = modes_within(kNegligibleEvidence);
  const auto is_in = [](const std::vector<std::size_t>& set, std::size_t k) {
    return std::find(set.begin(), set.end(), k) != set.end();
  };
  if (!std::all_of(have_mass.begin(), have_mass.end(), [&](std::size_t k) { return is_in(had_mass, k); })) {
    ++restarts_;
    record("restart", fmt::format("{}; chains found a mode with mass: all start anew", now.text()));
    start_chains();
    return true;
  }
  std::vector<std::size_t> strays;
  for (std::size_t c = 0; c < draws.size(); ++c) {
    if (!std::all_of(visited[c].begin(), visited[c].end(), [&](std::size_t k) { return is_in(have_mass, k); })) {
      strays.push_back(c);
    }
  }
  if (strays.empty()) return false;
  const double gap = gap_of_strays(strays);
  if (gap <= kNegligibleEvidence) return false;
  ++restarts_;
  for (const std::size_t c : strays) group_.restart(c, search_.modes[have_mass.front()]);
  record("restart",
         fmt::format("{}; chains {} were in modes without mass, and what they sampled lies {:.1f} nats below "
                     "the best: these start anew in the main mode",
                     now.text(), fmt::join(strays, ", "), gap));
  return true;
}

/// A mode as one chain has seen it: moments of its draws. A chain that hardly moved lends only its place.
Mode Ladder::region_of(const Draws& chain) const {
  const Vector mean = chain.position.colwise().mean().transpose();
  const Matrix centred = chain.position.rowwise() - mean.transpose();
  Matrix covariance = centred.transpose() * centred / static_cast<double>(chain.size() - 1);
  if (covariance.llt().info() != Eigen::Success) covariance = search_.modes[modes_within(0.0).front()].covariance;
  Vector gradient(mean.size());
  const double lp = target_.log_density(mean, gradient);
  return {mean, lp, std::move(covariance), 0.0};
}

/// By how many nats the regions that stray chains sampled lie below the modes with mass. Their own draws say where they
/// were, so that a region is not dismissed for the poor Laplace approximation of its top.
double Ladder::gap_of_strays(const std::vector<std::size_t>& strays) {
  std::vector<Mode> regions = select(modes_within(kNegligibleEvidence));
  const auto kept = static_cast<std::ptrdiff_t>(regions.size());
  for (const std::size_t c : strays) regions.push_back(region_of(group_.draws()[c]));
  const MixtureOfT mixture = mixture_of(regions, std::vector<double>(regions.size(), 0.0));
  const auto sample = importance_sample(target_, mixture, importance_draws(regions.size()), evidence_stream());
  const auto first_stray = sample.log_evidences.begin() + kept;
  return *std::max_element(sample.log_evidences.begin(), first_stray) -
         *std::max_element(first_stray, sample.log_evidences.end());
}

/// Chains that still disagree after a continuation, though they know the same modes (a spike in a halo, a bent ridge):
/// once, all start anew with jumps between the regions that they sampled.
bool Ladder::jump_between_chains(const Assessment& now) {
  if (now.max_r_hat < kSplitRHat || result_.thin == 1 || has_fitted_chains_) return false;
  has_fitted_chains_ = true;
  record("restart", fmt::format("{}; chains differ in the same modes: jumps are fitted to their draws", now.text()));
  std::vector<Mode> regions;
  for (const Draws& chain : group_.draws()) regions.push_back(region_of(chain));
  IndependenceStep jump = fit_jump(regions);
  if (jump.proposals() == kMaxProposals) return false;  // hardly any would be accepted
  group_.start(regions, std::move(jump));
  group_.sample(options_.draws);
  result_.thin = 1;
  record("chains", fmt::format("{} chains, {} + {} transitions", options_.chains, options_.warmup, options_.draws));
  return true;
}

bool Ladder::shorten_steps(const Assessment& now) {
  if (now.divergences == 0) return false;
  const auto next = std::find_if(std::begin(kShorterSteps), std::end(kShorterSteps),
                                 [&](double rate) { return rate > group_.target_accept(); });
  if (next == std::end(kShorterSteps)) return false;
  group_.readapt(*next);
  group_.sample(options_.draws);
  result_.thin = 1;
  record("target_accept", fmt::format("{}; all draws anew at target acceptance {}", now.text(), *next));
  return true;
}

/// The posterior as all chains have seen it, cut into thirds across its longest axis: a bent ridge in straight pieces.
std::vector<Mode> Ladder::regions_along_ridge() const {
  const auto& draws = group_.draws();
  Eigen::Index rows = 0;
  for (const Draws& chain : draws) rows += chain.size();
  Matrix all(target_.dimension(), rows);
  for (Eigen::Index filled = 0; const Draws& chain : draws) {
    all.middleCols(filled, chain.size()) = chain.position.transpose();
    filled += chain.size();
  }
  const Vector mean = all.rowwise().mean();
  const Matrix centred = all.colwise() - mean;
  const Eigen::SelfAdjointEigenSolver<Matrix> axes(centred * centred.transpose());
  const Vector along = centred.transpose() * axes.eigenvectors().rightCols<1>();
  std::vector<Eigen::Index> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) { return along[a] < along[b]; });
  constexpr std::size_t pieces = 3;
  std::vector<Mode> regions;
  for (std::size_t k = 0; k < pieces; ++k) {
    const std::vector<Eigen::Index> part(order.begin() + static_cast<std::ptrdiff_t>(k * order.size() / pieces),
                                         order.begin() + static_cast<std::ptrdiff_t>((k + 1) * order.size() / pieces));
    const Matrix piece = all(Eigen::all, part);
    const Vector middle = piece.rowwise().mean();
    const Matrix spread = piece.colwise() - middle;
    regions.push_back({middle, 0.0, spread * spread.transpose() / static_cast<double>(part.size() - 1), 0.0});
  }
  return regions;
}

/// Jumps fitted to what the chains have seen, if the mixture's k-hat says that they cover the tails.
void Ladder::add_jump_along_ridge() {
  IndependenceStep jump = fit_jump(regions_along_ridge());
  if (is_jump_trusted_ && jump.proposals() < kMaxProposals) group_.add_jump(std::move(jump));
}

/// Chains of one mode that agree after a few draws, which are then forgotten, are given jumps: these save NUTS the long
/// walks, most of all on a bent ridge.
void Ladder::pilot() {
  const bool is_enough = kPilotDraws * options_.chains > 10 * target_.dimension();
  if (!is_enough || options_.draws < kPilotDraws) return;
  group_.sample(kPilotDraws);
  if (assess(group_.draws()).max_r_hat < kSplitRHat) add_jump_along_ridge();
  group_.forget_draws();
}

/// Goes on with all draws kept; the first time with jumps, if there are none yet.
bool Ladder::continue_chains(const Assessment& now) {
  if (now.divergences > 0 || result_.thin >= options_.max_continuation) return false;
  const int next = std::min(2 * result_.thin, options_.max_continuation);
  if (!group_.has_jump() && !has_fitted_ridge_) {
    has_fitted_ridge_ = true;
    add_jump_along_ridge();
  }
  group_.sample((next - result_.thin) * options_.draws);
  result_.thin = next;
  record("continue", fmt::format("{}; continued to {} x {} draws a chain", now.text(), next, options_.draws));
  return true;
}

double Ladder::best_evidence() const {
  return std::max_element(search_.modes.begin(), search_.modes.end(),
                          [](const Mode& a, const Mode& b) { return a.log_evidence < b.log_evidence; })
      ->log_evidence;
}

std::vector<std::size_t> Ladder::modes_within(double nats, std::size_t at_least) const {
  std::vector<std::size_t> indices(search_.modes.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  std::stable_sort(indices.begin(), indices.end(), [&](std::size_t a, std::size_t b) {
    return search_.modes[a].log_evidence > search_.modes[b].log_evidence;
  });
  const double lowest = best_evidence() - nats;
  while (indices.size() > at_least && search_.modes[indices.back()].log_evidence < lowest) indices.pop_back();
  return indices;
}

std::vector<Mode> Ladder::select(const std::vector<std::size_t>& indices) const {
  std::vector<Mode> modes;
  for (const std::size_t k : indices) modes.push_back(search_.modes[k]);
  return modes;
}

int Ladder::importance_draws(std::size_t modes) const {
  return static_cast<int>(modes) * (200 + 10 * static_cast<int>(target_.dimension()));
}

void Ladder::record(std::string rung, std::string reason) {
  long before = 0;
  for (const auto& step : result_.ladder) before += step.gradients;
  result_.ladder.push_back({std::move(rung), std::move(reason), target_.evaluations() - before});
}

}  // namespace

PosteriorSample sample_posterior(const density::LogDensity& target, const std::vector<Vector>& starts,
                                 const SamplerOptions& options, const ConvergenceRule& rule,
                                 sim::random::StreamKey key) {
  return Ladder(target, options, rule, key).run(starts);
}

}  // namespace praesepe::infer::nuts
