#include "analysis/coverage_curve.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace praesepe::analysis {

namespace {

constexpr std::array kKinds{IntervalKind::central, IntervalKind::highest, IntervalKind::lower};
constexpr int kLevels = 99;

double level(int index) { return 0.01 * (index + 1); }

/// Whether the shortest interval with that share of the draws holds the truth.
bool is_in_shortest(const std::vector<double>& sorted, double level, double truth) {
  const auto width = static_cast<std::size_t>(std::floor(level * static_cast<double>(sorted.size())));
  if (width == 0) return false;
  std::size_t best = 0;
  double shortest = sorted.back() - sorted.front();
  for (std::size_t i = 0; i + width < sorted.size(); ++i) {
    const double length = sorted[i + width] - sorted[i];
    if (length < shortest) {
      shortest = length;
      best = i;
    }
  }
  return sorted[best] <= truth && truth <= sorted[best + width];
}

}  // namespace

const char* name_of(IntervalKind kind) {
  switch (kind) {
    case IntervalKind::central: return "central";
    case IntervalKind::highest: return "highest";
    case IntervalKind::lower: return "lower";
  }
  return "";
}

CoverageCurve::CoverageCurve(const workflow::store::PosteriorFile& file)
    : tasks_(count_run(file)), draws_(file.layout().chains * file.layout().draws) {
  for (const auto& quantity : file.quantities())
    if (quantity != workflow::store::kLogLikelihood && quantity != workflow::store::kLogDensity)
      quantities_.push_back(quantity);
  hits_.assign(quantities_.size() * kKinds.size(), std::vector<std::int64_t>(kLevels, 0));
}

void CoverageCurve::add(const TaskDraws& draws) {
  std::vector<double> sorted(static_cast<std::size_t>(draws.values.rows()));
  for (std::size_t q = 0; q < quantities_.size(); ++q) {
    const auto column = static_cast<Eigen::Index>(q);
    const double truth = draws.truth[column];
    std::ranges::copy(draws.values.col(column), sorted.begin());
    std::ranges::sort(sorted);
    const auto rank = static_cast<double>(std::ranges::lower_bound(sorted, truth) - sorted.begin());
    for (int l = 0; l < kLevels; ++l) {
      const auto index = static_cast<std::size_t>(l);
      const RankRange held = central_ranks(draws_, level(l));
      hits_[kKinds.size() * q][index] += held.lo <= rank && rank < held.lo + held.n ? 1 : 0;
      hits_[kKinds.size() * q + 1][index] += is_in_shortest(sorted, level(l), truth) ? 1 : 0;
      hits_[kKinds.size() * q + 2][index] += rank < held.n ? 1 : 0;
    }
  }
}

std::vector<CurveRow> CoverageCurve::rows() const {
  std::vector<CurveRow> rows;
  for (std::size_t q = 0; q < quantities_.size(); ++q) {
    for (std::size_t k = 0; k < kKinds.size(); ++k) {
      for (int l = 0; l < kLevels; ++l) {
        const auto hits = hits_[kKinds.size() * q + k][static_cast<std::size_t>(l)];
        const double n = central_ranks(draws_, level(l)).n, trials = static_cast<double>(tasks_);
        rows.push_back({quantities_[q].name, quantities_[q].derived, kKinds[k], level(l),
                        n / static_cast<double>(draws_ + 1), tasks_, hits, static_cast<double>(hits) / trials,
                        jeffreys(static_cast<double>(hits), trials)});
      }
    }
  }
  return rows;
}

}  // namespace praesepe::analysis
