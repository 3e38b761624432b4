// The verdict of simulation-based calibration: whether ranks are uniform, quantity by quantity and together.
//
// The empirical distribution of the ranks is compared with an exact simultaneous band (simultaneous_band.hpp), which
// gives an exact p-value each; Holm's correction over the family of quantities keeps the chance of any false alarm at
// 5 %. A task without a posterior counts as a miss in every quantity: its ranks are put on the ends, 0 and L in turn.
#pragma once

#include <string>
#include <vector>

#include "analysis/coverage.hpp"
#include "analysis/ranks.hpp"
#include "analysis/simultaneous_band.hpp"

namespace praesepe::analysis {

inline constexpr double kFamilyWiseLevel = 0.05;

struct UniformityRow {
  std::string quantity;
  QuantityKind kind;
  bool in_family;
  Counting counting;            ///< all, or converged
  std::int64_t tasks, missing;  ///< missing: without a posterior
  std::int64_t kept, points;    ///< L, K
  double gamma, log_gamma;      ///< of the ranks; log_gamma = ln(gamma / gamma of the 95 % band), < 0 outside the band
  double p, p_holm;             ///< p_holm NaN outside the family
  Counts counts;                ///< (K) ranks below i (L + 1) / K
  Band band;                    ///< 95 %
};

std::vector<UniformityRow> uniformity(const Ranks& ranks, const std::vector<TaskStatus>& status);

/// Whether no quantity of the family is rejected, given the rows of one counting.
bool is_calibrated(const std::vector<UniformityRow>& rows, Counting counting);

/// #{r < i (L + 1) / K} for i = 1 ... K.
Counts counts_below(const std::vector<std::int64_t>& ranks, std::int64_t kept, std::int64_t points);
/// The largest K that divides L + 1 and is not above the number of tasks; L + 1 for fewer than 50 tasks.
std::int64_t points_for(std::int64_t kept, std::int64_t tasks);

}  // namespace praesepe::analysis
