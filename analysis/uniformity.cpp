#include "analysis/uniformity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace praesepe::analysis {

namespace {

/// The ranks that count.
std::vector<std::int64_t> counted(const RankedQuantity& quantity, std::int64_t kept,
                                  const std::vector<TaskStatus>& status, Counting counting, std::int64_t& missing) {
  std::vector<std::int64_t> ranks;
  missing = 0;
  for (std::size_t t = 0; t < quantity.ranks.size(); ++t) {
    if (status[t] == TaskStatus::missing) continue;
    if (counting == Counting::converged && status[t] != TaskStatus::converged) continue;
    if (quantity.ranks[t] >= 0) {
      ranks.push_back(quantity.ranks[t]);
    } else if (counting == Counting::all) {
      ranks.push_back(missing++ % 2 == 0 ? 0 : kept);
    }
  }
  return ranks;
}

void correct(std::vector<UniformityRow>& rows, std::size_t first) {
  std::vector<double> p;
  for (std::size_t i = first; i < rows.size(); ++i)
    if (rows[i].in_family) p.push_back(rows[i].p);
  const auto adjusted = holm(p);
  std::size_t next = 0;
  for (std::size_t i = first; i < rows.size(); ++i)
    if (rows[i].in_family) rows[i].p_holm = adjusted[next++];
}

}  // namespace

Counts counts_below(const std::vector<std::int64_t>& ranks, std::int64_t kept, std::int64_t points) {
  const std::int64_t width = (kept + 1) / points;
  Counts counts(static_cast<std::size_t>(points), 0);
  for (const std::int64_t rank : ranks) ++counts[static_cast<std::size_t>(rank / width)];
  for (std::size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
  return counts;
}

std::int64_t points_for(std::int64_t kept, std::int64_t tasks) {
  std::int64_t points = kept + 1;
  if (tasks < 50) return points;
  while (points > tasks || (kept + 1) % points != 0) --points;
  return points;
}

std::vector<UniformityRow> uniformity(const Ranks& ranks, const std::vector<TaskStatus>& status) {
  std::vector<UniformityRow> rows;
  Band band;  // of as many tasks as the last row
  for (const Counting counting : {Counting::all, Counting::converged}) {
    const std::size_t first = rows.size();
    for (const auto& quantity : ranks.quantities()) {
      std::int64_t missing = 0;
      const auto counted_ranks = counted(quantity, ranks.kept(), status, counting, missing);
      const auto tasks = static_cast<std::int64_t>(counted_ranks.size());
      if (tasks == 0 || missing == tasks) continue;
      const std::int64_t points = points_for(ranks.kept(), tasks);
      if (rows.empty() || rows.back().tasks != tasks) band = simultaneous_band(tasks, points);
      const Counts counts = counts_below(counted_ranks, ranks.kept(), points);
      const double gamma = smallest_tail(tasks, counts);
      rows.push_back({quantity.name, quantity.kind, quantity.is_in_family(), counting, tasks, missing, ranks.kept(),
                      points, gamma, std::log(gamma / band.gamma), p_value(tasks, points, gamma),
                      std::numeric_limits<double>::quiet_NaN(), counts, band});
    }
    correct(rows, first);
  }
  return rows;
}

bool is_calibrated(const std::vector<UniformityRow>& rows, Counting counting) {
  return std::ranges::none_of(rows, [counting](const UniformityRow& row) {
    return row.counting == counting && row.in_family && row.p_holm <= kFamilyWiseLevel;
  });
}

}  // namespace praesepe::analysis
