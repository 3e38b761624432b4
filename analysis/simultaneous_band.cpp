#include "analysis/simultaneous_band.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace praesepe::analysis {

namespace {

constexpr int kBisections = 50;

/// Binomial probabilities of 0 ... n, from the most probable number outwards; p may be 1.
std::vector<double> binomial(std::int64_t n, double p) {
  std::vector<double> pmf(static_cast<std::size_t>(n) + 1, 0.0);
  if (p >= 1.0) {
    pmf.back() = 1.0;
    return pmf;
  }
  const auto size = static_cast<double>(n), odds = p / (1.0 - p);
  const auto mode = static_cast<std::size_t>((size + 1.0) * p);
  const auto x = static_cast<double>(mode);
  pmf[mode] = std::exp(std::lgamma(size + 1.0) - std::lgamma(x + 1.0) - std::lgamma(size - x + 1.0) + x * std::log(p) +
                       (size - x) * std::log1p(-p));
  for (std::size_t k = mode + 1; k < pmf.size(); ++k) {
    const auto now = static_cast<double>(k);
    pmf[k] = pmf[k - 1] * odds * (size - now + 1.0) / now;
  }
  for (std::size_t k = mode; k > 0; --k) {
    const auto now = static_cast<double>(k);
    pmf[k - 1] = pmf[k] / odds * now / (size - now + 1.0);
  }
  return pmf;
}

/// F(k) and 1 - F(k - 1), each summed from its own end so that neither tail loses digits.
struct Tails {
  std::vector<double> below, above;
};

Tails tails(std::int64_t sample, std::int64_t point, std::int64_t points) {
  const auto pmf = binomial(sample, static_cast<double>(point) / static_cast<double>(points));
  Tails result{pmf, pmf};
  std::partial_sum(pmf.begin(), pmf.end(), result.below.begin());
  std::partial_sum(pmf.rbegin(), pmf.rend(), result.above.rbegin());
  return result;
}

/// One step of the pass: from probabilities of c_{i-1} in low ... to those of c_i, where each of the `sample` - k
/// values left falls below z_i with probability `p`.
std::vector<double> advance(const std::vector<double>& before, std::int64_t low_before, std::int64_t low,
                            std::int64_t high, std::int64_t sample, double p) {
  std::vector<double> now(static_cast<std::size_t>(high - low + 1), 0.0);
  for (std::size_t j = 0; j < before.size(); ++j) {
    const std::int64_t k = low_before + static_cast<std::int64_t>(j), left = sample - k;
    const std::int64_t first = std::max(k, low);
    if (before[j] == 0.0 || first > high) continue;
    const auto m = static_cast<double>(first - k), n = static_cast<double>(left);
    double pmf = std::exp(std::lgamma(n + 1.0) - std::lgamma(m + 1.0) - std::lgamma(n - m + 1.0) + m * std::log(p) +
                          (n - m) * std::log1p(-p));
    for (std::int64_t c = first; c <= high; ++c) {
      now[static_cast<std::size_t>(c - low)] += before[j] * pmf;
      const auto taken = static_cast<double>(c - k);
      pmf *= (n - taken) / (taken + 1.0) * p / (1.0 - p);
    }
  }
  return now;
}

}  // namespace

Band pointwise_limits(std::int64_t sample, std::int64_t points, double gamma) {
  Band band{gamma, {}, {}};
  for (std::int64_t i = 1; i < points; ++i) {
    const Tails at = tails(sample, i, points);
    const auto first = std::ranges::find_if(at.below, [gamma](double tail) { return 2.0 * tail > gamma; });
    const auto last =
        std::find_if(at.above.rbegin(), at.above.rend(), [gamma](double tail) { return 2.0 * tail > gamma; });
    band.low.push_back(first - at.below.begin());
    band.high.push_back(at.above.rend() - last - 1);
  }
  band.low.push_back(sample);
  band.high.push_back(sample);
  return band;
}

double probability_inside(std::int64_t sample, const Band& limits) {
  const std::size_t points = limits.low.size();
  std::vector<double> probability{1.0};  // of c_0 = 0
  std::int64_t low = 0;
  for (std::size_t i = 0; i + 1 < points; ++i) {  // the last count is N for certain
    if (limits.low[i] > limits.high[i]) return 0.0;
    const double p = 1.0 / static_cast<double>(points - i);
    probability = advance(probability, low, limits.low[i], limits.high[i], sample, p);
    low = limits.low[i];
  }
  return std::accumulate(probability.begin(), probability.end(), 0.0);
}

Band simultaneous_band(std::int64_t sample, std::int64_t points, double level) {
  // The probability falls with gamma: Bonferroni below, one point alone above.
  double low = (1.0 - level) / static_cast<double>(points), high = 1.0 - level;
  for (int i = 0; i < kBisections && high - low > 1e-7 * high; ++i) {
    const double middle = 0.5 * (low + high);
    const bool is_enough = probability_inside(sample, pointwise_limits(sample, points, middle)) >= level;
    (is_enough ? low : high) = middle;
  }
  return pointwise_limits(sample, points, low);
}

double smallest_tail(std::int64_t sample, const Counts& counts) {
  const auto points = static_cast<std::int64_t>(counts.size());
  double smallest = 1.0;
  for (std::int64_t i = 1; i < points; ++i) {
    const Tails at = tails(sample, i, points);
    const auto count = static_cast<std::size_t>(counts[static_cast<std::size_t>(i - 1)]);
    smallest = std::min({smallest, 2.0 * at.below[count], 2.0 * at.above[count]});
  }
  return smallest;
}

double p_value(std::int64_t sample, std::int64_t points, double gamma_obs) {
  return std::clamp(1.0 - probability_inside(sample, pointwise_limits(sample, points, gamma_obs)), 0.0, 1.0);
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&p](std::size_t i) { return p[i]; });
  std::vector<double> adjusted(p.size());
  double largest = 0.0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - rank) * p[order[rank]]));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

}  // namespace praesepe::analysis
