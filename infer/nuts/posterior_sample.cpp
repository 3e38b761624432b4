#include "infer/nuts/posterior_sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>

#include "infer/nuts/adaptive_proposal.hpp"
#include "infer/nuts/chain_group.hpp"
#include "infer/nuts/convergence.hpp"
#include "infer/nuts/counted_density.hpp"
#include "infer/nuts/importance_chains.hpp"
#include "infer/nuts/jump.hpp"
#include "infer/nuts/regions.hpp"
#include "infer/nuts/weighed_modes.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::nuts {

namespace {

/// Above this R-hat the chains are asked which modes they are in.
constexpr double kSplitRHat = 1.05;
constexpr int kMostPilotDraws = 200;  // a chain
/// Chains that agree and have this share of the effective size that is asked for need more draws, not better jumps.
constexpr double kNearlyThere = 0.6;
constexpr int kMaxRestarts = 3;
constexpr int kBurnIn = 20;                       // draws of chains that are in place already
constexpr int kMostImportanceRuns = 3;            // after the first
constexpr int kTeachingDraws = 250;               // a chain, between them
constexpr double kShorterSteps[] = {0.95, 0.99};  // acceptance rates tried when transitions diverge
constexpr std::size_t kHeavyDraws = 4;            // of an importance sample, from which climbs begin

bool all_in(const std::vector<std::size_t>& some, const std::vector<std::size_t>& set) {
  return std::ranges::all_of(some, [&](std::size_t k) { return std::ranges::find(set, k) != set.end(); });
}

std::vector<Vector> positions_of(const std::vector<State>& states) {
  std::vector<Vector> positions;
  for (const State& state : states) positions.push_back(state.position);
  return positions;
}

class Ladder {
 public:
  Ladder(const density::LogDensity& target, const SamplerOptions& options, const ConvergenceRule& rule,
         sim::random::StreamKey key, ChainJournal* journal)
      : target_(target),
        options_(options),
        rule_(rule),
        group_(target_, options, key, journal),
        evidence_sampler_(target_, key) {}

  PosteriorSample run(const std::vector<Vector>& starts);

 private:
  void climb_rungs(const std::vector<Vector>& starts);
  void weigh_modes();
  void start_chains();
  void pilot(bool is_carried);
  enum class Resampling { taken, insufficient, walked_out, found_mode };
  Resampling draw_by_importance(Proposal proposal);
  Resampling resample(ImportanceChains& chains, int most);
  bool lead_to_new_mode(const std::vector<Vector>& places, std::string_view what);
  bool heaviest_lead_to_new_mode(const ImportanceSample& sample) {
    return lead_to_new_mode(heaviest_draws(sample, kHeavyDraws), "climbs from the heaviest draws");
  }
  bool reconsider_modes(const Assessment& now);
  bool jump_between_chains(const Assessment& now);
  bool shorten_steps(const Assessment& now);
  bool draw_with_jumps(const Assessment& now, bool is_refitted);
  bool continue_chains(const Assessment& now);
  bool walk_freely(const Assessment& now);

  /// Where the starts missed a mode that chains found, there may be more: chains have to walk.
  bool may_resample() const { return options_.importance && restarts_ == 0; }
  double fewest_draws_for_pieces() const { return 20.0 * static_cast<double>(target_.dimension()); }
  Jump jump_from(const Proposal& proposal, const ImportanceSample& check);
  std::optional<Proposal> pieces_of(const std::vector<Draws>& chains, bool keeps_mode) const;
  bool fit_jump_along_ridge();
  bool use_if_good(Jump jump);
  void start_group(const std::vector<Mode>& modes, std::optional<Jump> jump, Metric metric = Metric::adapted);
  void draw_anew();
  void draw_chains_anew();
  double gap_of_strays(const std::vector<std::size_t>& strays);
  long unexplained_divergences() const;
  void record(std::string rung, std::string reason);

  CountedDensity target_;
  SamplerOptions options_;
  ConvergenceRule rule_;
  ChainGroup group_;
  EvidenceSampler evidence_sampler_;
  std::optional<WeighedModes> modes_;
  std::optional<Jump> jump_;  // in use by the group
  PosteriorSample result_;
  int restarts_ = 0;
  bool has_fitted_chains_ = false;
  bool has_redrawn_ = false;
  bool walks_freely_ = false;
};

PosteriorSample Ladder::run(const std::vector<Vector>& starts) {
  try {
    climb_rungs(starts);
    if (result_.chains.empty()) result_.chains = group_.release();
  } catch (const Interruption&) {
    throw;
  } catch (const std::exception& error) {  // the task fails, its neighbours go on
    result_.status = SampleStatus::failed;
    result_.message = error.what();
    record("failed", error.what());
  }
  result_.n_log_density = target_.evaluations();
  return std::move(result_);
}

void Ladder::climb_rungs(const std::vector<Vector>& starts) {
  modes_.emplace(target_, starts);
  record("modes", modes_->text());
  weigh_modes();
  start_chains();
  while (result_.chains.empty()) {  // else drawn by importance
    const Assessment now = assess(group_.draws(), rule_);
    if (now.is_mixed(rule_) && unexplained_divergences() == 0) {
      result_.status = SampleStatus::converged;
      record("converged", now.text() + (now.divergences > 0 ? ", all where jumps reach" : ""));
      return;
    }
    if (reconsider_modes(now) || jump_between_chains(now)) continue;
    if (now.is_mixed(rule_, kNearlyThere) && unexplained_divergences() == 0 && continue_chains(now)) continue;
    const bool is_refitted = fit_jump_along_ridge();
    if (unexplained_divergences() > 0 ? shorten_steps(now)
                                      : draw_with_jumps(now, is_refitted) || continue_chains(now)) {
      continue;
    }
    if (walk_freely(now)) continue;
    result_.status = SampleStatus::not_converged;
    result_.message = now.text();
    record("not_converged", now.text());
    return;
  }
}

void Ladder::weigh_modes() {
  if (std::string reason = modes_->weigh(evidence_sampler_); !reason.empty()) record("evidence", std::move(reason));
}

void Ladder::start_chains() {
  const auto modes = modes_->modes_with_mass();
  std::optional<Jump> jump;
  if (modes.size() > 1 || may_resample()) {
    const AdaptiveProposal proposal(mixture_of(modes), evidence_sampler_);
    jump = jump_from(proposal.best(), proposal.check());
  }
  bool carries = may_resample() && jump->carries();
  if (carries) {
    start_group(modes, jump, Metric::known);
    const Resampling outcome = draw_by_importance(jump_->step.proposal());
    if (outcome == Resampling::taken) return;
    if (outcome == Resampling::found_mode) return start_chains();
    carries = outcome != Resampling::walked_out;
  }
  if (!carries) start_group(modes, modes.size() > 1 ? jump : std::nullopt);
  pilot(carries);
  draw_chains_anew();
}

void Ladder::start_group(const std::vector<Mode>& modes, std::optional<Jump> jump, Metric metric) {
  jump_ = std::move(jump);
  group_.start(modes, jump_ ? std::optional(jump_->step) : std::nullopt, metric);
}

/// Draws by importance resampling. A first run that does not suffice, but has the draws for it, teaches: the next
/// proposes pieces of the ridge that it drew. Else, and from then on, pieces of what chains draw, which know the tails
/// better.
Ladder::Resampling Ladder::draw_by_importance(Proposal proposal) {
  for (int run = 0;; ++run) {
    const bool is_first = run == 0;
    ImportanceChains chains(proposal);
    const Resampling outcome = resample(chains, is_first ? 1 : options_.max_continuation);
    if (outcome == Resampling::taken || outcome == Resampling::found_mode) return outcome;
    const bool is_within = outcome == Resampling::insufficient;
    if (!is_first && is_within) use_if_good(jump_from(proposal, chains.sample()));
    if (run == kMostImportanceRuns) {
      return is_within && heaviest_lead_to_new_mode(chains.sample()) ? Resampling::found_mode : outcome;
    }
    const bool teaches = is_first && is_within && chains.sample().effective_size >= fewest_draws_for_pieces();
    if (!teaches) group_.sample(kTeachingDraws);
    const auto learned = pieces_of(teaches ? chains.resampled() : group_.draws(), true);
    if (!learned) return outcome;
    proposal = *learned;
  }
}

/// Whether climbs from these places end in modes with mass that the starts missed: then all has to start anew.
bool Ladder::lead_to_new_mode(const std::vector<Vector>& places, std::string_view what) {
  const auto had_mass = modes_->with_mass();
  const std::size_t known = modes_->size();
  for (const Vector& place : places) modes_->climb_from(target_, place);
  if (modes_->size() == known) return false;
  weigh_modes();
  if (all_in(modes_->with_mass(), had_mass)) return false;
  ++restarts_;
  record("restart", fmt::format("{} found a mode with mass: all start anew", what));
  return true;
}

/// Up to so many times `draws`, until they converge: while weights have a finite variance, and chains stay within the
/// proposal's reach. A mode that the starts missed shows in chains that walk out, or, where the proposal's tails reach
/// it, in the weights of the few draws that fall into it.
Ladder::Resampling Ladder::resample(ImportanceChains& chains, int most) {
  for (int thin = 1, before = 0; thin <= most; before = thin, thin *= 2) {
    chains.extend(group_, (thin - before) * options_.draws);
    const ImportanceSample& sample = chains.sample();
    auto draws = chains.resampled();
    const Assessment now = assess(draws, rule_);
    const double reach = std::max(kReach, 2.0 * sample.weights.maxCoeff() * static_cast<double>(sample.lp.size()));
    const bool holds_chains = holds(group_, chains.proposal(), sample.log_evidence, reach);
    record("importance",
           fmt::format("{} x {} draws a chain resampled, k-hat {:.2f}{}, effective {:.0f}: {}", thin, options_.draws,
                       sample.k_hat, holds_chains ? "" : ", chains walked out of its reach", sample.effective_size,
                       now.text()));
    if (!holds_chains) {
      const bool found = lead_to_new_mode(positions_of(group_.states()), "chains that walked out");
      return found ? Resampling::found_mode : Resampling::walked_out;
    }
    if (!(sample.k_hat < kFiniteVarianceKHat)) break;
    if (!now.is_mixed(rule_)) continue;
    if (heaviest_lead_to_new_mode(sample)) return Resampling::found_mode;
    result_.chains = std::move(draws);
    result_.thin = thin;
    result_.status = SampleStatus::converged;
    record("converged", now.text());
    return Resampling::taken;
  }
  return Resampling::insufficient;
}

void Ladder::draw_anew() {
  group_.forget_draws();
  group_.sample(options_.draws);
  result_.thin = 1;
}

void Ladder::draw_chains_anew() {
  draw_anew();
  const std::size_t modes = modes_->with_mass().size();
  record("chains", fmt::format("{} chains in {} mode{}, {} + {} transitions, target acceptance {}", options_.chains,
                               modes, modes == 1 ? "" : "s", group_.warmup(), options_.draws, group_.target_accept()));
}

/// A few draws, which are then forgotten. Chains that agree after as many as the warm-up had are given jumps fitted to
/// these: they save NUTS the long walks, most of all on a bent ridge. Chains that have good jumps need no more.
void Ladder::pilot(bool is_carried) {
  if (is_carried) return group_.sample(kBurnIn);
  const int pilot = std::min(options_.warmup, kMostPilotDraws);
  if (options_.draws < pilot) return;
  group_.sample(pilot);
  if (assess(group_.draws(), rule_).max_r_hat < kSplitRHat) fit_jump_along_ridge();
}

Jump Ladder::jump_from(const Proposal& proposal, const ImportanceSample& check) {
  Jump jump(target_, proposal, check);
  record("independence", jump.text(check));
  return jump;
}

/// Pieces of the ridge that has been drawn. No importance sampling adapts them: a sample that misses a tail would cut
/// it off. Of several modes each stays a component of its own, if a small one, since the draws may hold little of it;
/// and `keeps_mode` keeps a single one, which may be a spike.
std::optional<Proposal> Ladder::pieces_of(const std::vector<Draws>& chains, bool keeps_mode) const {
  Eigen::Index draws = 0;
  for (const Draws& chain : chains) draws += chain.size();
  if (static_cast<double>(draws) < fewest_draws_for_pieces()) return std::nullopt;
  auto regions = regions_along_ridge(chains);
  if (regions.empty()) return std::nullopt;
  const auto modes = modes_->modes_with_mass();
  if (modes.size() == 1 && !keeps_mode) return mixture_of(regions);
  for (Mode mode : modes) {
    mode.log_evidence = std::log(kSmallestWeight);
    regions.push_back(std::move(mode));
  }
  return mixture_of(regions);
}

/// Jumps fitted to all that the chains have drawn so far, if the mixture's k-hat says that it covers the tails.
bool Ladder::fit_jump_along_ridge() {
  if (has_fitted_chains_ || walks_freely_) return false;
  const auto proposal = pieces_of(group_.draws(), false);
  return proposal && use_if_good(jump_from(*proposal, evidence_sampler_(*proposal)));
}

bool Ladder::use_if_good(Jump jump) {
  if (!jump.is_trusted() || jump.step.proposals() == kMaxProposals) return false;
  jump_ = std::move(jump);
  group_.add_jump(jump_->step);
  return true;
}

/// Chains that disagree: climb from the first and last draw of each. A new mode with mass starts all chains anew, with
/// jumps between the modes; a chain that has been in a mode without mass starts anew in the main one.
bool Ladder::reconsider_modes(const Assessment& now) {
  if (now.max_r_hat < kSplitRHat || restarts_ == kMaxRestarts) return false;
  const auto& draws = group_.draws();
  const auto had_mass = modes_->with_mass();
  const std::size_t known = modes_->size();
  std::vector<std::vector<std::size_t>> visited(draws.size());
  for (std::size_t c = 0; c < draws.size(); ++c) {
    for (const Eigen::Index row : {Eigen::Index{0}, draws[c].size() - 1}) {
      const auto mode = modes_->climb_from(target_, draws[c].position.row(row).transpose());
      if (mode) visited[c].push_back(*mode);
    }
  }
  if (modes_->size() > known) weigh_modes();
  const auto have_mass = modes_->with_mass();
  if (!all_in(have_mass, had_mass)) {
    ++restarts_;
    record("restart", fmt::format("{}; chains found a mode with mass: all start anew", now.text()));
    start_chains();
    return true;
  }
  std::vector<std::size_t> strays;
  for (std::size_t c = 0; c < draws.size(); ++c) {
    if (!all_in(visited[c], have_mass)) strays.push_back(c);
  }
  if (strays.empty()) return false;
  const double gap = gap_of_strays(strays);
  if (gap <= kNegligibleEvidence) return false;
  ++restarts_;
  for (const std::size_t c : strays) group_.restart(c, modes_->best());
  record("restart",
         fmt::format("{}; chains {} were in modes without mass, and what they sampled lies {:.1f} nats below "
                     "the best: these start anew in the main mode",
                     now.text(), fmt::join(strays, ", "), gap));
  return true;
}

/// By how many nats the regions that stray chains sampled lie below the modes with mass. Their own draws say where they
/// were, so that a region is not dismissed for the poor Laplace approximation of its top.
double Ladder::gap_of_strays(const std::vector<std::size_t>& strays) {
  std::vector<Mode> regions = modes_->modes_with_mass();
  const auto kept = static_cast<std::ptrdiff_t>(regions.size());
  const Matrix covariance = modes_->best().covariance;
  for (const std::size_t c : strays) regions.push_back(region_of(target_, group_.draws()[c], covariance));
  const auto sample = evidence_sampler_(mixture_of(regions, std::vector<double>(regions.size(), 0.0)));
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
  for (const Draws& chain : group_.draws()) regions.push_back(region_of(target_, chain, modes_->best().covariance));
  const AdaptiveProposal proposal(mixture_of(regions, std::vector<double>(regions.size(), 0.0)), evidence_sampler_);
  Jump jump = jump_from(proposal.best(), proposal.check());
  if (jump.step.proposals() == kMaxProposals) return false;  // hardly any would be accepted
  start_group(regions, std::move(jump));
  draw_anew();
  record("chains", fmt::format("{} chains, {} + {} transitions", options_.chains, options_.warmup, options_.draws));
  return true;
}

/// Divergences that set out where jumps do not reach. Where they do, a divergence costs a trajectory and no more: it is
/// a step too long for a steep side of the posterior, or over the edge of its support.
long Ladder::unexplained_divergences() const {
  long count = 0;
  for (const Draws& chain : group_.draws()) {
    count += std::ranges::count_if(chain.divergences, [&](const Divergence& divergence) {
      return !jump_ || !jump_->reaches(divergence.position, target_);
    });
  }
  return count;
}

bool Ladder::shorten_steps(const Assessment& now) {
  const auto next = std::ranges::find_if(kShorterSteps, [&](double rate) { return rate > group_.target_accept(); });
  if (next == std::end(kShorterSteps)) return false;
  group_.readapt(*next);
  draw_anew();
  record("target_accept", fmt::format("{}; all draws anew at target acceptance {}", now.text(), *next));
  return true;
}

/// Once: the draws so far, from which better jumps have been learned, become a longer pilot and are forgotten. Chains
/// that were held up at an end of a ridge weigh on the effective sizes for long. By importance, if that will do now.
bool Ladder::draw_with_jumps(const Assessment& now, bool is_refitted) {
  if (!is_refitted || has_redrawn_) return false;
  has_redrawn_ = true;
  if (may_resample()) {
    ImportanceChains chains(jump_->step.proposal());
    const Resampling outcome = resample(chains, options_.max_continuation);
    if (outcome == Resampling::found_mode) start_chains();
    if (outcome == Resampling::found_mode || outcome == Resampling::taken) return true;
  }
  draw_anew();
  record("chains", fmt::format("{}; all draws anew with jumps fitted to these", now.text()));
  return true;
}

/// Goes on with all draws kept.
bool Ladder::continue_chains(const Assessment& now) {
  if (result_.thin >= options_.max_continuation) return false;
  const int next = std::min(2 * result_.thin, options_.max_continuation);
  group_.sample((next - result_.thin) * options_.draws);
  result_.thin = next;
  record("continue", fmt::format("{}; continued to {} x {} draws a chain", now.text(), next, options_.draws));
  return true;
}

/// Once, at last: chains that jumps carry have short trajectories, and stay for long where jumps seldom come, as at the
/// far end of a tail. All start anew with long ones beside the jumps.
bool Ladder::walk_freely(const Assessment& now) {
  if (walks_freely_ || !group_.is_carried()) return false;
  walks_freely_ = true;
  record("restart",
         fmt::format("{}; jumps do not suffice: all start anew with long trajectories beside them", now.text()));
  start_group(modes_->modes_with_mass(), jump_);
  draw_chains_anew();
  return true;
}

void Ladder::record(std::string rung, std::string reason) {
  long before = 0;
  for (const auto& step : result_.ladder) before += step.gradients;
  result_.ladder.push_back({std::move(rung), std::move(reason), target_.evaluations() - before});
}

}  // namespace

PosteriorSample sample_posterior(const density::LogDensity& target, const std::vector<Vector>& starts,
                                 const SamplerOptions& options, const ConvergenceRule& rule, sim::random::StreamKey key,
                                 ChainJournal* journal) {
  return Ladder(target, options, rule, key, journal).run(starts);
}

}  // namespace praesepe::infer::nuts
