// How often credible intervals hold the truth: counts, rates and binomial intervals, per parameter and per cell.
//
// Interval at level c: equal-tailed. At 50 and 95 % it is the stored one (q25, q75; q2_5, q97_5 of /summary), so that
// the counts agree with the plotted intervals. At other levels the truth's rank r among the L stored draws decides:
//   held  iff  lo <= r < lo + n,   n = round((L + 1) c),   lo = (L + 1 - n) / 2,
// which a calibrated posterior fulfils with probability n / (L + 1), returned as `represented`.
//
// On a grid this is coverage at fixed truths; nominal coverage is promised only on average over the prior, and
// parameters near a prior's edge may deviate though the posterior is exact.
//
// Intervals of a rate (95 %): Jeffreys, Beta(k + 1/2, n - k + 1/2) quantiles with the end closed at k = 0 and k = n
// (Brown, Cai & DasGupta 2001, Statistical Science 16, 101); Clopper & Pearson (1934). Parameters of one task are not
// independent: rates pooled over parameters use the effective number of trials k, n of Korn & Graubard (1998, Survey
// Methodology 24, 193), n* = p (1 - p) / var(p), var(p) from the scatter between tasks.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workflow/store/task_result.hpp"

namespace praesepe::analysis {

using workflow::store::TaskStatus;

struct Interval {
  double low, high;
};
/// Of a rate, after `hits` of `trials` (not necessarily whole numbers); [0, 1] for no trials.
Interval jeffreys(double hits, double trials, double level = 0.95);
Interval clopper_pearson(double hits, double trials, double level = 0.95);

/// Which tasks a rate is made of: of those that have run, a missing task counts nowhere. `all` and `failures_as_hits`
/// bracket what the failed tasks could have been.
enum class Counting {
  all,              ///< every task; one without a posterior misses
  converged,        ///< status 0 only
  failures_as_hits  ///< every task; one without a posterior hits
};
const char* name_of(Counting counting);

/// What the tasks of a file say about their truths. T tasks, Q quantities.
struct Recovery {
  std::vector<std::string> quantities;    ///< (Q)
  std::vector<bool> derived;              ///< (Q); pooled rates leave these out
  std::int64_t stored_draws = 0;          ///< L, of one task
  std::vector<std::int64_t> cells;        ///< (T)
  std::vector<TaskStatus> status;         ///< (T)
  Eigen::MatrixXd truth, rank;            ///< (T, Q)
  Eigen::MatrixXd q2_5, q25, q75, q97_5;  ///< (T, Q)
};

/// Ranks lo ... lo + n - 1 of 0 ... L lie in the central interval of a level.
struct RankRange {
  double lo, n;
};
RankRange central_ranks(std::int64_t draws, double level);

/// Whether the interval of task t for quantity q holds the truth; nothing for a task without a posterior.
std::optional<bool> holds_truth(const Recovery& recovery, Eigen::Index t, Eigen::Index q, double level);
/// The probability that a calibrated interval of this level holds the truth: n / (L + 1), or the level itself.
double represented_level(const Recovery& recovery, double level);

struct CoverageRow {
  std::int64_t cell;      ///< -1: all cells
  std::string parameter;  ///< "all": pooled over the sampled parameters
  bool derived;
  double level, represented;
  Counting counting;
  std::int64_t tasks, trials, hits;  ///< trials = tasks, or tasks x parameters when pooled
  double effective_trials;           ///< what the intervals use
  double coverage;                   ///< NaN for no trials
  Interval jeffreys, clopper_pearson;
};
inline constexpr const char* kPooled = "all";

/// Rates over all cells: for each level and counting, the pooled one, then each quantity.
std::vector<CoverageRow> coverage(const Recovery& recovery, const std::vector<double>& levels);
/// The same for each cell, ascending.
std::vector<CoverageRow> coverage_by_cell(const Recovery& recovery, const std::vector<double>& levels);

/// Number of tasks of each status, 0 ... 4.
std::vector<std::int64_t> status_counts(const Recovery& recovery);

}  // namespace praesepe::analysis
