#include "infer/diagnostics/psis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace praesepe::infer::diagnostics {

namespace {

using Array = Eigen::ArrayXd;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Eigen::Index kShortestTail = 5;

struct GeneralisedPareto {
  double k, sigma;
  double quantile(double p) const { return sigma * std::expm1(-k * std::log1p(-p)) / k; }
};

/// Posterior mean of the shape over a grid of b = -k/sigma (Zhang & Stephens), drawn towards 1/2 by ten
/// pseudo-observations. `x` ascending, positive.
GeneralisedPareto fit(const Array& x) {
  const auto n = static_cast<double>(x.size());
  const auto points = static_cast<Eigen::Index>(30.0 + std::floor(std::sqrt(n)));
  const double quartile = x[static_cast<Eigen::Index>(std::floor(n / 4.0 + 0.5)) - 1];
  const Array j = Array::LinSpaced(points, 0.5, static_cast<double>(points) - 0.5);
  const Array b = 1.0 / x[x.size() - 1] + (1.0 - (static_cast<double>(points) / j).sqrt()) / (3.0 * quartile);
  Array log_likelihood(points);
  for (Eigen::Index i = 0; i < points; ++i) {
    const double k = (-b[i] * x).log1p().mean();
    log_likelihood[i] = n * (std::log(-b[i] / k) - k - 1.0);
  }
  const Array weight = (log_likelihood - log_likelihood.maxCoeff()).exp();
  const double b_hat = (b * weight).sum() / weight.sum();
  const double k = (-b_hat * x).log1p().mean();
  return {(k * n + 5.0) / (n + 10.0), -k / b_hat};
}

}  // namespace

SmoothedRatios pareto_smooth(const Eigen::VectorXd& log_ratios) {
  const Eigen::Index size = log_ratios.size();
  const auto count = static_cast<double>(size);
  const auto length = static_cast<Eigen::Index>(std::ceil(std::min(0.2 * count, 3.0 * std::sqrt(count))));
  if (length < kShortestTail) return {log_ratios, kInfinity};

  std::vector<Eigen::Index> order(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return log_ratios[a] < log_ratios[b]; });
  const auto ranked = [&](Eigen::Index i) { return order[static_cast<std::size_t>(i)]; };

  const double largest = log_ratios[ranked(size - 1)];
  const double cutoff = std::exp(log_ratios[ranked(size - length - 1)] - largest);
  Array excess(length);
  for (Eigen::Index i = 0; i < length; ++i)
    excess[i] = std::exp(log_ratios[ranked(size - length + i)] - largest) - cutoff;
  if (!std::isfinite(largest) || excess[length - 1] - excess[0] < std::numeric_limits<double>::min()) {
    return {log_ratios, kInfinity};  // all alike
  }

  const GeneralisedPareto tail = fit(excess);
  if (!std::isfinite(tail.k)) return {log_ratios, kInfinity};
  SmoothedRatios smoothed{log_ratios, tail.k};
  for (Eigen::Index i = 0; i < length; ++i) {
    const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(length);
    smoothed.log_weights[ranked(size - length + i)] = std::min(std::log(tail.quantile(p) + cutoff), 0.0) + largest;
  }
  return smoothed;
}

double k_hat_limit(Eigen::Index size) { return std::min(1.0 - 1.0 / std::log10(static_cast<double>(size)), 0.7); }

}  // namespace praesepe::infer::diagnostics
