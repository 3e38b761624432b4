#include "infer/diagnostics/ranks.hpp"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

namespace praesepe::infer::diagnostics {

namespace {

constexpr auto is_less = [](const RankedDraw& a, const RankedDraw& b) { return a.value < b.value; };

/// Upper-tail normal score; accurate far out.
double upper_score(double rank, double size) {
  const double above = (size - rank + 0.625) / (size + 0.25);
  return std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * above);
}

}  // namespace

SortedDraws sort_draws(const Eigen::Ref<const Eigen::MatrixXd>& draws) {
  SortedDraws sorted;
  sorted.reserve(static_cast<std::size_t>(draws.size()));
  for (Eigen::Index c = 0; c < draws.cols(); ++c) {
    for (Eigen::Index i = 0; i < draws.rows(); ++i) sorted.push_back({draws(i, c), i, c});
  }
  std::sort(sorted.begin(), sorted.end(), is_less);
  return sorted;
}

SortedDraws fold(const SortedDraws& sorted, double centre) {
  // Both sides of the centre are already in order, the lower one backwards.
  SortedDraws folded = sorted;
  const auto middle =
      std::find_if(folded.begin(), folded.end(), [centre](const RankedDraw& draw) { return draw.value >= centre; });
  for (auto& draw : folded) draw.value = std::abs(draw.value - centre);
  std::reverse(folded.begin(), middle);
  std::inplace_merge(folded.begin(), middle, folded.end(), is_less);
  return folded;
}

double quantile(const SortedDraws& sorted, double probability) {
  const double index = static_cast<double>(sorted.size() - 1) * probability;
  const auto low = static_cast<std::size_t>(std::floor(index));
  const auto high = static_cast<std::size_t>(std::ceil(index));
  const double a = sorted[low].value, b = sorted[high].value, h = index - static_cast<double>(low);
  return a == b ? a : (1.0 - h) * a + h * b;  // equal order statistics are returned exactly, for x <= q
}

NormalScores::NormalScores(Eigen::Index size) : size_(static_cast<double>(size)) {
  for (Eigen::Index rank = size; 2 * rank > size; --rank)
    upper_.push_back(upper_score(static_cast<double>(rank), size_));
}

double NormalScores::operator()(double rank) const {
  const double from_top = std::min(size_ - rank, rank - 1.0);  // 0 for the outermost ranks
  const double sign = 2.0 * rank > size_ ? 1.0 : -1.0;
  if (from_top != std::floor(from_top)) return sign * upper_score(size_ - from_top, size_);
  return sign * upper_[static_cast<std::size_t>(from_top)];
}

Eigen::MatrixXd rank_normalised_split(const SortedDraws& sorted, Eigen::Index draws, Eigen::Index chains,
                                      const NormalScores& scores) {
  const Eigen::Index half = draws / 2;
  const bool drops_middle = draws % 2 == 1;
  Eigen::MatrixXd z(half, 2 * chains);
  SortedDraws kept;
  if (drops_middle) {
    std::copy_if(sorted.begin(), sorted.end(), std::back_inserter(kept),
                 [half](const RankedDraw& draw) { return draw.draw != half; });
  }
  const SortedDraws& ranked = drops_middle ? kept : sorted;
  for (std::size_t first = 0, end; first < ranked.size(); first = end) {
    for (end = first + 1; end < ranked.size() && ranked[end].value == ranked[first].value;) ++end;
    const double score = scores(0.5 * static_cast<double>(first + 1 + end));  // mean of the ranks first+1 ... end
    for (std::size_t i = first; i < end; ++i) {
      const bool second = ranked[i].draw >= draws - half;
      z(second ? ranked[i].draw - (draws - half) : ranked[i].draw,
        second ? chains + ranked[i].chain : ranked[i].chain) = score;
    }
  }
  return z;
}

}  // namespace praesepe::infer::diagnostics
