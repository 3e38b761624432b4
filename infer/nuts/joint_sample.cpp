#include "infer/nuts/joint_sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>

#include "infer/density/joint_posterior.hpp"
#include "infer/nuts/chain_group.hpp"
#include "infer/nuts/convergence.hpp"
#include "infer/nuts/counted_density.hpp"
#include "infer/nuts/weighed_modes.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::nuts {

namespace {

using sim::random::Purpose;
using sim::random::Stream;

constexpr std::uint32_t kFirstLatents = 8192;  // of the streams of starts
constexpr int kMaxTries = 50;
constexpr double kStartVariance = 0.3;            // of every coordinate, before warm-up
constexpr double kShorterSteps[] = {0.95, 0.99};  // acceptance rates tried when transitions diverge

class JointLadder {
 public:
  JointLadder(const JointModel& model, const SamplerOptions& options, const ConvergenceRule& rule,
              sim::random::StreamKey key, ChainJournal* journal)
      : model_(model), marginal_(model.marginal), options_(options), rule_(rule), key_(key), journal_(journal) {}

  PosteriorSample run(const std::vector<Vector>& starts, const std::vector<std::vector<int>>& whole);

 private:
  void climb_rungs(const std::vector<Vector>& starts, const std::vector<std::vector<int>>& whole);
  void find_modes(const std::vector<Vector>& starts);
  void start_chains(const std::vector<std::vector<int>>& whole);
  Vector start_of(std::size_t chain, const Mode& mode) const;
  long unexplained_divergences() const;
  bool shorten_steps(const Assessment& now);
  bool continue_chains(const Assessment& now);
  Draws of_parameters(const Draws& all) const;
  void record(std::string rung, std::string reason);

  const JointModel& model_;
  CountedDensity marginal_;
  SamplerOptions options_;
  ConvergenceRule rule_;
  sim::random::StreamKey key_;
  ChainJournal* journal_;
  std::optional<WeighedModes> modes_;
  std::optional<density::JointPosterior> posterior_;
  std::optional<CountedDensity> target_;
  std::optional<ChainGroup> group_;
  PosteriorSample result_;
};

PosteriorSample JointLadder::run(const std::vector<Vector>& starts, const std::vector<std::vector<int>>& whole) {
  try {
    climb_rungs(starts, whole);
    for (const Draws& chain : group_->draws()) {
      Draws& draws = result_.chains.emplace_back(of_parameters(chain));
      Vector gradient(model_.marginal.dimension());
      for (Eigen::Index i = 0; i < draws.size(); ++i) {
        draws.lp[i] = model_.marginal.log_density(draws.position.row(i).transpose(), gradient);
      }
    }
  } catch (const Interruption&) {
    throw;
  } catch (const std::exception& error) {  // the task fails, its neighbours go on
    result_.status = SampleStatus::failed;
    result_.message = error.what();
    record("failed", error.what());
  }
  result_.n_log_density = marginal_.evaluations() + (target_ ? target_->evaluations() : 0);
  return std::move(result_);
}

void JointLadder::climb_rungs(const std::vector<Vector>& starts, const std::vector<std::vector<int>>& whole) {
  find_modes(starts);
  start_chains(whole);
  for (;;) {
    std::vector<Draws> draws;
    for (const Draws& chain : group_->draws()) draws.push_back(of_parameters(chain));
    const Assessment now = assess(draws, rule_);
    const long unexplained = unexplained_divergences();
    if (now.is_mixed(rule_) && unexplained == 0) {
      result_.status = SampleStatus::converged;
      record("converged", now.text() + (now.divergences > 0 ? ", all over the edge of the support" : ""));
      return;
    }
    if (unexplained > 0 && shorten_steps(now)) continue;
    if (!now.is_mixed(rule_) && continue_chains(now)) continue;
    result_.status = SampleStatus::not_converged;
    result_.message = now.text();
    record("not_converged", now.text());
    return;
  }
}

void JointLadder::find_modes(const std::vector<Vector>& starts) {
  modes_.emplace(marginal_, starts);
  record("modes", modes_->text());
  EvidenceSampler evidence(marginal_, key_);
  if (std::string reason = modes_->weigh(evidence); !reason.empty()) record("evidence", std::move(reason));
}

void JointLadder::start_chains(const std::vector<std::vector<int>>& whole) {
  const auto modes = modes_->modes_with_mass();
  posterior_.emplace(model_.joint, model_.marginal.space(), modes.front().position, modes.front().covariance);
  target_.emplace(*posterior_);
  group_.emplace(*target_, options_, key_, journal_);
  std::vector<Vector> positions;
  std::vector<ChainOptions> chains;
  for (std::size_t c = 0; c < static_cast<std::size_t>(options_.chains); ++c) {
    positions.push_back(start_of(c, modes[c % modes.size()]));
    ChainOptions& chain = chains.emplace_back();
    chain.warmup = options_.warmup;
    chain.target_accept = options_.target_accept;
    chain.max_depth = options_.max_depth;
    chain.inverse_metric = Matrix::Constant(target_->dimension(), 1, kStartVariance);
    chain.kept = model_.marginal.dimension();
    chain.whole = whole.empty() ? std::vector<int>{} : whole[c];
  }
  group_->start_at(positions, chains);
  group_->sample(options_.draws);
  result_.thin = 1;
  record("chains", fmt::format("{} chains in {} coordinates, in {} mode{}, {} + {} transitions, target acceptance {}",
                               options_.chains, target_->dimension(), modes.size(), modes.size() == 1 ? "" : "s",
                               options_.warmup, options_.draws, group_->target_accept()));
}

Vector JointLadder::start_of(std::size_t chain, const Mode& mode) const {
  const auto index = kFirstLatents + static_cast<std::uint32_t>(chain) * kMaxTries;
  Vector gradient(target_->dimension());
  for (std::uint32_t attempt = 0; attempt < kMaxTries; ++attempt) {
    Stream stream(key_, Purpose::starts, index + attempt);
    const Vector q = scattered(marginal_, mode, stream);
    stream.seek(std::uint64_t{1} << 32);  // far behind what scattered() takes
    Vector position = posterior_->position(q, model_.latents(model_.marginal.space().constrain(q), stream));
    if (position.allFinite() && std::isfinite(target_->log_density(position, gradient))) return position;
  }
  throw TaskFailure("no point found from which a chain in all coordinates can start");
}

long JointLadder::unexplained_divergences() const {
  long count = 0;
  for (const Draws& chain : group_->draws()) {
    count += std::ranges::count_if(chain.divergences, [](const auto& d) { return std::isfinite(d.energy_error); });
  }
  return count;
}

bool JointLadder::shorten_steps(const Assessment& now) {
  const auto next = std::ranges::find_if(kShorterSteps, [&](double rate) { return rate > group_->target_accept(); });
  if (next == std::end(kShorterSteps)) return false;
  group_->readapt(*next);
  group_->forget_draws();
  group_->sample(options_.draws);
  result_.thin = 1;
  record("target_accept", fmt::format("{}; all draws anew at target acceptance {}", now.text(), *next));
  return true;
}

bool JointLadder::continue_chains(const Assessment& now) {
  if (result_.thin >= options_.max_continuation) return false;
  const int next = std::min(2 * result_.thin, options_.max_continuation);
  group_->sample((next - result_.thin) * options_.draws);
  result_.thin = next;
  record("continue", fmt::format("{}; continued to {} x {} draws a chain", now.text(), next, options_.draws));
  return true;
}

/// eta -> q, and of whole draws x.
Draws JointLadder::of_parameters(const Draws& all) const {
  Draws draws = all;
  for (Eigen::Index i = 0; i < draws.size(); ++i) {
    draws.position.row(i) = posterior_->coordinates(all.position.row(i).transpose()).transpose();
  }
  for (WholeDraw& whole : draws.whole) whole.position = Vector(whole.position.tail(model_.joint.dimension()));
  return draws;
}

void JointLadder::record(std::string rung, std::string reason) {
  long before = 0;
  for (const auto& step : result_.ladder) before += step.gradients;
  const long now = marginal_.evaluations() + (target_ ? target_->evaluations() : 0);
  result_.ladder.push_back({std::move(rung), std::move(reason), now - before});
}

}  // namespace

PosteriorSample sample_jointly(const JointModel& model, const std::vector<Vector>& starts,
                               const SamplerOptions& options, const ConvergenceRule& rule, sim::random::StreamKey key,
                               const std::vector<std::vector<int>>& whole, ChainJournal* journal) {
  return JointLadder(model, options, rule, key, journal).run(starts, whole);
}

}  // namespace praesepe::infer::nuts
