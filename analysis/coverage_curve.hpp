// Coverage at every level from 1 to 99 %, pooled over cells, by three kinds of interval.
//
//   central   equal tails, by the truth's rank among all stored draws, as in coverage.hpp
//   highest   the shortest interval that holds the share of the draws (highest density for one mode); it depends on how
//             a parameter is written, M or log10 M, which the central one does not
//   lower     from the prior's lower end: both tails of a central interval may be wrong and cancel, these cannot
//
// A task without a posterior misses.
#pragma once

#include <string>
#include <vector>

#include "analysis/coverage.hpp"
#include "analysis/draws.hpp"

namespace praesepe::analysis {

enum class IntervalKind { central, highest, lower };
const char* name_of(IntervalKind kind);

struct CurveRow {
  std::string parameter;
  bool derived;
  IntervalKind kind;
  double level, represented;  ///< nominal; the share of ranks that the interval holds
  std::int64_t tasks, hits;
  double coverage;
  Interval jeffreys;
};

/// Collects hits task by task.
class CoverageCurve {
 public:
  explicit CoverageCurve(const workflow::store::PosteriorFile& file);
  void add(const TaskDraws& draws);
  /// Quantities that look at the data are left out.
  std::vector<CurveRow> rows() const;

 private:
  std::vector<workflow::store::Quantity> quantities_;
  std::int64_t tasks_;
  Eigen::Index draws_;
  std::vector<std::vector<std::int64_t>> hits_;  ///< (quantity x kind) (level)
};

}  // namespace praesepe::analysis
