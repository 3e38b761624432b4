#include "infer/diagnostics/summary.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>

#include "infer/diagnostics/ranks.hpp"
#include "infer/diagnostics/split_chains.hpp"

namespace praesepe::infer::diagnostics {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// What the rank-based diagnostics share: the order of the draws and the scores of their ranks.
struct Ranked {
  SortedDraws sorted;
  Eigen::Index draws, chains;
  NormalScores scores;

  explicit Ranked(const ChainDraws& x)
      : sorted(sort_draws(x)), draws(x.rows()), chains(x.cols()), scores(x.rows() / 2 * 2 * x.cols()) {}

  Eigen::MatrixXd normalised(const SortedDraws& order) const {
    return rank_normalised_split(order, draws, chains, scores);
  }
};

double sd_of(const ChainDraws& draws, double mean) {
  return std::sqrt((draws.array() - mean).square().sum() / static_cast<double>(draws.size() - 1));
}

double r_hat(const Ranked& ranked, const Eigen::MatrixXd& z) {
  const double bulk = basic_r_hat(z);
  const double folded = basic_r_hat(ranked.normalised(fold(ranked.sorted, quantile(ranked.sorted, 0.5))));
  return std::isnan(bulk) || std::isnan(folded) ? kNan : std::max(bulk, folded);
}

double ess_below(const ChainDraws& draws, double threshold) {
  return effective_sample_size(split_chains((draws.array() <= threshold).cast<double>().matrix()));
}

double ess_quantile(const ChainDraws& draws, const SortedDraws& sorted, double probability) {
  // The largest draw is no threshold: everything lies below it.
  const auto size = static_cast<double>(sorted.size());
  return ess_below(draws, quantile(sorted, probability == 1.0 ? (size - 0.5) / size : probability));
}

double ess_tail(const ChainDraws& draws, const SortedDraws& sorted) {
  const double low = ess_quantile(draws, sorted, 0.05), high = ess_quantile(draws, sorted, 0.95);
  return std::isnan(low) || std::isnan(high) ? kNan : std::min(low, high);
}

}  // namespace

Summary summarise(const ChainDraws& draws) {
  if (draws.size() == 0 || !draws.allFinite()) {
    return {kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan};
  }
  const Ranked ranked(draws);
  const auto at = [&](double probability) { return quantile(ranked.sorted, probability); };
  Summary s{};
  s.mean = mean_of(draws);
  s.sd = sd_of(draws, s.mean);
  s.q2_5 = at(0.025);
  s.q25 = at(0.25);
  s.median = at(0.5);
  s.q75 = at(0.75);
  s.q97_5 = at(0.975);
  s.mcse_mean = s.sd / std::sqrt(ess_mean(draws));
  const Eigen::MatrixXd z = ranked.normalised(ranked.sorted);
  s.ess_bulk = effective_sample_size(z);
  s.ess_tail = ess_tail(draws, ranked.sorted);
  s.r_hat = r_hat(ranked, z);
  return s;
}

double r_hat(const ChainDraws& draws) {
  if (is_degenerate(draws)) return kNan;
  const Ranked ranked(draws);
  return r_hat(ranked, ranked.normalised(ranked.sorted));
}

double ess_bulk(const ChainDraws& draws) {
  if (is_degenerate(draws)) return kNan;
  const Ranked ranked(draws);
  return effective_sample_size(ranked.normalised(ranked.sorted));
}

double ess_tail(const ChainDraws& draws) { return is_degenerate(draws) ? kNan : ess_tail(draws, sort_draws(draws)); }

double ess_mean(const ChainDraws& draws) { return effective_sample_size(split_chains(draws)); }

double ess_quantile(const ChainDraws& draws, double probability) {
  return is_degenerate(draws) ? kNan : ess_quantile(draws, sort_draws(draws), probability);
}

double mcse_mean(const ChainDraws& draws) {
  return draws.allFinite() ? sd_of(draws, mean_of(draws)) / std::sqrt(ess_mean(draws)) : kNan;
}

double mcse_sd(const ChainDraws& draws) {
  if (is_degenerate(draws)) return kNan;
  const Eigen::MatrixXd square = (draws.array() - mean_of(draws)).square();
  const double variance = square.mean();
  const double error_of_variance = (square.array().square().mean() - variance * variance) / ess_mean(square);
  return std::sqrt(error_of_variance / variance / 4.0);
}

double mcse_quantile(const ChainDraws& draws, double probability) {
  if (is_degenerate(draws)) return kNan;
  const SortedDraws sorted = sort_draws(draws);
  const double ess = ess_quantile(draws, sorted, probability);
  if (std::isnan(ess)) return kNan;
  // Order statistics at the normal one-sigma points of the quantile's beta distribution.
  const auto size = static_cast<double>(sorted.size());
  const auto rank = [&](double p) {
    return size * boost::math::ibeta_inv(ess * probability + 1.0, ess * (1.0 - probability) + 1.0, p);
  };
  const double low = std::max(std::floor(rank(0.1586553)), 1.0), high = std::min(std::ceil(rank(0.8413447)), size);
  return 0.5 * (sorted[static_cast<std::size_t>(high) - 1].value - sorted[static_cast<std::size_t>(low) - 1].value);
}

double e_bfmi(const Eigen::Ref<const Eigen::VectorXd>& energy) {
  const Eigen::Index n = energy.size();
  if (n < 3 || is_degenerate(energy)) return kNan;
  return (energy.tail(n - 1) - energy.head(n - 1)).squaredNorm() / (energy.array() - energy.mean()).square().sum();
}

double quantile_sorted(const std::vector<double>& sorted, double probability) {
  const double index = static_cast<double>(sorted.size() - 1) * probability;
  const auto low = static_cast<std::size_t>(std::floor(index)), high = static_cast<std::size_t>(std::ceil(index));
  const double h = index - static_cast<double>(low);
  return sorted[low] == sorted[high] ? sorted[low] : (1.0 - h) * sorted[low] + h * sorted[high];
}

}  // namespace praesepe::infer::diagnostics
