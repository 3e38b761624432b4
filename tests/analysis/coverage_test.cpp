#include "analysis/coverage.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace praesepe::analysis {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// T tasks in cells of `replicates`, one quantity "a" and a derived one "b" that is always missed; L = 99 stored draws
/// 0 ... 98, task t has rank t mod 100, so that each rank is equally frequent.
Recovery uniform_ranks(Eigen::Index tasks, Eigen::Index replicates) {
  Recovery r;
  r.quantities = {"a", "b"};
  r.derived = {false, true};
  r.stored_draws = 99;
  for (auto* column : {&r.truth, &r.rank, &r.q2_5, &r.q25, &r.q75, &r.q97_5}) column->setZero(tasks, 2);
  for (Eigen::Index t = 0; t < tasks; ++t) {
    r.cells.push_back(t / replicates);
    r.status.push_back(TaskStatus::converged);
    r.rank(t, 0) = static_cast<double>(t % 100);
    r.truth(t, 0) = r.rank(t, 0) - 0.5;
    r.rank(t, 1) = 99.0;
    r.truth(t, 1) = 1000.0;
  }
  r.q2_5.setConstant(0.025 * 98);
  r.q25.setConstant(0.25 * 98);
  r.q75.setConstant(0.75 * 98);
  r.q97_5.setConstant(0.975 * 98);
  return r;
}

const CoverageRow& find(const std::vector<CoverageRow>& rows, const std::string& parameter, double level,
                        Counting counting, std::int64_t cell = -1) {
  for (const auto& row : rows)
    if (row.parameter == parameter && row.level == level && row.counting == counting && row.cell == cell) return row;
  throw std::runtime_error("no such row");
}

TEST(BetaIntervals, AgreeWithKnownValues) {
  // Values of scipy.stats.beta.ppf 1.10.1; Clopper-Pearson 9/10 is in every table.
  const auto nine = clopper_pearson(9, 10);
  EXPECT_NEAR(nine.low, 0.5549838829718047, 1e-12);
  EXPECT_NEAR(nine.high, 0.9974714214555382, 1e-12);
  const auto many = jeffreys(304, 320);
  EXPECT_NEAR(many.low, 0.9219648493864663, 1e-12);
  EXPECT_NEAR(many.high, 0.9699560489508092, 1e-12);
}

TEST(BetaIntervals, AreClosedWhereNothingOrEverythingHits) {
  EXPECT_EQ(jeffreys(0, 10).low, 0.0);
  EXPECT_EQ(jeffreys(10, 10).high, 1.0);
  EXPECT_EQ(clopper_pearson(10, 10).high, 1.0);
  EXPECT_NEAR(clopper_pearson(10, 10).low, std::pow(0.025, 0.1), 1e-12);  // (alpha / 2)^(1 / n)
  EXPECT_EQ(jeffreys(0, 0).low, 0.0);
  EXPECT_EQ(jeffreys(0, 0).high, 1.0);
}

TEST(Coverage, IsExactForEquallyFrequentRanks) {
  const auto rows = coverage(uniform_ranks(200, 10), {0.5, 0.75, 0.9, 0.95});
  EXPECT_EQ(find(rows, "a", 0.90, Counting::all).hits, 180);
  EXPECT_EQ(find(rows, "a", 0.75, Counting::all).hits, 150);
  EXPECT_DOUBLE_EQ(find(rows, "a", 0.75, Counting::all).represented, 0.75);
  // Stored intervals: [24.5, 73.5] holds the truths -0.5 + rank of ranks 25 ... 74; [2.45, 95.55] those of 3 ... 96.
  EXPECT_EQ(find(rows, "a", 0.50, Counting::all).hits, 100);
  EXPECT_EQ(find(rows, "a", 0.95, Counting::all).hits, 188);
  EXPECT_EQ(find(rows, "b", 0.95, Counting::all).hits, 0);
}

TEST(Coverage, StatesWhatFiniteDrawsCanRepresent) {
  auto recovery = uniform_ranks(10, 10);
  recovery.stored_draws = 9;
  EXPECT_DOUBLE_EQ(represented_level(recovery, 0.75), 0.8);
  EXPECT_DOUBLE_EQ(represented_level(recovery, 0.90), 0.9);
}

TEST(Coverage, CountsFailedTasksAsMissesAsHitsOrNotAtAll) {
  auto recovery = uniform_ranks(100, 10);
  recovery.status[50] = TaskStatus::failed;  // its numbers, held by every interval, must not be looked at
  recovery.status[51] = TaskStatus::not_converged;
  recovery.status[52] = TaskStatus::missing;
  for (auto* column : {&recovery.rank, &recovery.q2_5, &recovery.q97_5}) column->row(52).setConstant(kNan);
  const auto rows = coverage(recovery, {0.9});
  EXPECT_EQ(find(rows, "a", 0.9, Counting::all).hits, 88);
  EXPECT_EQ(find(rows, "a", 0.9, Counting::all).tasks, 99);  // what has not run counts nowhere
  EXPECT_EQ(find(rows, "a", 0.9, Counting::converged).hits, 87);
  EXPECT_EQ(find(rows, "a", 0.9, Counting::converged).tasks, 97);
  EXPECT_EQ(find(rows, "a", 0.9, Counting::failures_as_hits).hits, 89);
  EXPECT_EQ(status_counts(recovery), (std::vector<std::int64_t>{97, 1, 1, 0, 1}));
}

TEST(Coverage, OfCellsAddsUpToTheWhole) {
  const auto recovery = uniform_ranks(100, 25);
  const auto whole = coverage(recovery, {0.9}), parts = coverage_by_cell(recovery, {0.9});
  std::int64_t hits = 0;
  for (std::int64_t cell = 0; cell < 4; ++cell) hits += find(parts, "a", 0.9, Counting::all, cell).hits;
  EXPECT_EQ(hits, find(whole, "a", 0.9, Counting::all).hits);
  EXPECT_EQ(find(parts, "a", 0.9, Counting::all, 0).hits, 20);  // ranks 5 ... 24
}

TEST(Coverage, PooledOverCopiesOfOneParameterIsNoMoreCertainThanTheOne) {
  auto recovery = uniform_ranks(200, 10);
  for (auto* column : {&recovery.truth, &recovery.rank}) column->col(1) = column->col(0);
  recovery.derived[1] = false;
  const auto rows = coverage(recovery, {0.9});
  const auto& pooled = find(rows, kPooled, 0.9, Counting::all);
  EXPECT_EQ(pooled.trials, 400);
  EXPECT_EQ(pooled.hits, 360);
  EXPECT_NEAR(pooled.effective_trials, 199.0, 1e-9);  // p (1 - p) / (p (1 - p) / (T - 1))
}

TEST(Coverage, WithoutAnyConvergedTaskIsUnknown) {
  auto recovery = uniform_ranks(3, 3);
  recovery.status.assign(3, TaskStatus::failed);
  const auto rows = coverage(recovery, {0.95});
  const auto& none = find(rows, "a", 0.95, Counting::converged);
  EXPECT_EQ(none.trials, 0);
  EXPECT_TRUE(std::isnan(none.coverage));
  EXPECT_EQ(none.jeffreys.low, 0.0);
  EXPECT_EQ(none.jeffreys.high, 1.0);
  EXPECT_EQ(find(rows, "a", 0.95, Counting::all).coverage, 0.0);
}

}  // namespace
}  // namespace praesepe::analysis
