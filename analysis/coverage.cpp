#include "analysis/coverage.hpp"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

namespace praesepe::analysis {

namespace {

constexpr std::array kCountings{Counting::all, Counting::converged, Counting::failures_as_hits};

bool is(double level, double value) { return std::abs(level - value) < 1e-12; }

std::optional<bool> between(double low, double truth, double high) {
  if (!std::isfinite(low) || !std::isfinite(truth) || !std::isfinite(high)) return std::nullopt;
  return low <= truth && truth <= high;
}

/// Whether the task counts, and if so whether it is a hit.
std::optional<bool> counted(const Recovery& recovery, Eigen::Index t, Eigen::Index q, double level, Counting counting) {
  const auto held = holds_truth(recovery, t, q, level);
  const TaskStatus status = recovery.status[static_cast<std::size_t>(t)];
  if (status == TaskStatus::missing) return std::nullopt;
  const bool converged = status == TaskStatus::converged;
  if (counting == Counting::converged) return converged ? std::optional(held.value_or(false)) : std::nullopt;
  return held.value_or(counting == Counting::failures_as_hits);
}

/// Trials that are worth as much as the n dependent ones in clusters (tasks) of equal size, given the hits of each.
double effective_trials(const std::vector<std::int64_t>& hits, std::int64_t cluster_size) {
  const auto tasks = static_cast<double>(hits.size());
  const double trials = tasks * static_cast<double>(cluster_size);
  if (cluster_size <= 1 || hits.size() < 2) return cluster_size <= 1 ? trials : 1.0;
  const double p = static_cast<double>(std::accumulate(hits.begin(), hits.end(), std::int64_t{0})) / trials;
  double scatter = 0.0;
  for (const auto k : hits) scatter += std::pow(static_cast<double>(k) / static_cast<double>(cluster_size) - p, 2);
  const double variance = scatter / (tasks - 1.0) / tasks;
  // All tasks alike: nothing says how dependent the parameters are, so a task counts once.
  return variance > 0.0 ? std::min(trials, p * (1.0 - p) / variance) : tasks;
}

/// One row, from the tasks and quantities given.
CoverageRow row(const Recovery& recovery, const std::vector<Eigen::Index>& tasks,
                const std::vector<Eigen::Index>& quantities, double level, Counting counting) {
  std::vector<std::int64_t> hits;
  for (const auto t : tasks) {
    std::int64_t k = 0;
    bool any = false;
    for (const auto q : quantities)
      if (const auto hit = counted(recovery, t, q, level, counting)) {
        any = true;
        k += *hit ? 1 : 0;
      }
    if (any) hits.push_back(k);
  }
  CoverageRow result{};
  result.level = level;
  result.represented = represented_level(recovery, level);
  result.counting = counting;
  result.tasks = static_cast<std::int64_t>(hits.size());
  result.trials = result.tasks * static_cast<std::int64_t>(quantities.size());
  result.hits = std::accumulate(hits.begin(), hits.end(), std::int64_t{0});
  result.coverage = result.trials > 0 ? static_cast<double>(result.hits) / static_cast<double>(result.trials)
                                      : std::numeric_limits<double>::quiet_NaN();
  result.effective_trials = effective_trials(hits, static_cast<std::int64_t>(quantities.size()));
  const double effective_hits = result.trials > 0 ? result.coverage * result.effective_trials : 0.0;
  result.jeffreys = jeffreys(effective_hits, result.trials > 0 ? result.effective_trials : 0.0);
  result.clopper_pearson = clopper_pearson(effective_hits, result.trials > 0 ? result.effective_trials : 0.0);
  return result;
}

void add_rows(const Recovery& recovery, const std::vector<Eigen::Index>& tasks, std::int64_t cell,
              const std::vector<double>& levels, std::vector<CoverageRow>& rows) {
  std::vector<Eigen::Index> sampled;
  for (std::size_t q = 0; q < recovery.quantities.size(); ++q)
    if (!recovery.derived[q]) sampled.push_back(static_cast<Eigen::Index>(q));
  for (const double level : levels) {
    for (const auto counting : kCountings) {
      const auto add = [&](const std::string& name, bool derived, const std::vector<Eigen::Index>& quantities) {
        auto& added = rows.emplace_back(row(recovery, tasks, quantities, level, counting));
        added.cell = cell;
        added.parameter = name;
        added.derived = derived;
      };
      if (!sampled.empty()) add(kPooled, false, sampled);
      for (std::size_t q = 0; q < recovery.quantities.size(); ++q)
        add(recovery.quantities[q], recovery.derived[q], {static_cast<Eigen::Index>(q)});
    }
  }
}

}  // namespace

RankRange central_ranks(std::int64_t draws, double level) {
  const double ranks = static_cast<double>(draws) + 1.0;
  const double n = std::round(ranks * level);
  return {std::floor((ranks - n) / 2.0), n};
}

Interval jeffreys(double hits, double trials, double level) {
  if (trials <= 0.0) return {0.0, 1.0};
  const double tail = (1.0 - level) / 2.0, a = hits + 0.5, b = trials - hits + 0.5;
  return {hits <= 0.0 ? 0.0 : boost::math::ibeta_inv(a, b, tail),
          hits >= trials ? 1.0 : boost::math::ibeta_inv(a, b, 1.0 - tail)};
}

Interval clopper_pearson(double hits, double trials, double level) {
  if (trials <= 0.0) return {0.0, 1.0};
  const double tail = (1.0 - level) / 2.0;
  return {hits <= 0.0 ? 0.0 : boost::math::ibeta_inv(hits, trials - hits + 1.0, tail),
          hits >= trials ? 1.0 : boost::math::ibeta_inv(hits + 1.0, trials - hits, 1.0 - tail)};
}

const char* name_of(Counting counting) {
  switch (counting) {
    case Counting::all: return "all";
    case Counting::converged: return "converged";
    case Counting::failures_as_hits: return "failures_as_hits";
  }
  return "";
}

std::optional<bool> holds_truth(const Recovery& recovery, Eigen::Index t, Eigen::Index q, double level) {
  const auto status = recovery.status[static_cast<std::size_t>(t)];
  if (status != TaskStatus::converged && status != TaskStatus::not_converged) return std::nullopt;
  const double truth = recovery.truth(t, q), rank = recovery.rank(t, q);
  if (is(level, 0.95)) return between(recovery.q2_5(t, q), truth, recovery.q97_5(t, q));
  if (is(level, 0.50)) return between(recovery.q25(t, q), truth, recovery.q75(t, q));
  const auto [lo, n] = central_ranks(recovery.stored_draws, level);
  return between(lo, rank, lo + n - 1.0);
}

double represented_level(const Recovery& recovery, double level) {
  if (is(level, 0.95) || is(level, 0.50)) return level;
  return central_ranks(recovery.stored_draws, level).n / (static_cast<double>(recovery.stored_draws) + 1.0);
}

std::vector<CoverageRow> coverage(const Recovery& recovery, const std::vector<double>& levels) {
  std::vector<Eigen::Index> tasks(recovery.cells.size());
  std::iota(tasks.begin(), tasks.end(), Eigen::Index{0});
  std::vector<CoverageRow> rows;
  add_rows(recovery, tasks, -1, levels, rows);
  return rows;
}

std::vector<CoverageRow> coverage_by_cell(const Recovery& recovery, const std::vector<double>& levels) {
  std::vector<CoverageRow> rows;
  for (const auto cell : std::set(recovery.cells.begin(), recovery.cells.end())) {
    std::vector<Eigen::Index> tasks;
    for (std::size_t t = 0; t < recovery.cells.size(); ++t)
      if (recovery.cells[t] == cell) tasks.push_back(static_cast<Eigen::Index>(t));
    add_rows(recovery, tasks, cell, levels, rows);
  }
  return rows;
}

std::vector<std::int64_t> status_counts(const Recovery& recovery) {
  std::vector<std::int64_t> counts(5, 0);
  for (const auto status : recovery.status) ++counts.at(static_cast<std::size_t>(status));
  return counts;
}

}  // namespace praesepe::analysis
