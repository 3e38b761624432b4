// Exact simultaneous bands for the empirical distribution of N uniform values, looked at on a grid of K points.
//
// With c_i the number of values below z_i = i / K, i = 1 ... K, the band is low_i <= c_i <= high_i: the values k of the
// binomial law F_i of (N, z_i) with 2 F_i(k) > gamma and 2 (1 - F_i(k - 1)) > gamma, where gamma is the largest number
// for which all c_i lie inside with the wanted probability. That probability is computed exactly, by a pass over i of
//   P(c_i = m, inside so far) = sum_k P(c_{i-1} = k, inside so far) Binomial(m - k; N - k, (z_i - z_{i-1}) / (1 -
//   z_{i-1})).
// Saeilynoja, Buerkner & Vehtari 2022, Statistics and Computing 32, 32 (their section 2.2, one sample).
//
// The statistic that belongs to the band is the smallest two-sided tail probability of all points,
// gamma_obs = 2 min_i min(F_i(c_i), 1 - F_i(c_i - 1)); its distribution follows from the same pass.
#pragma once

#include <cstdint>
#include <vector>

namespace praesepe::analysis {

using Counts = std::vector<std::int64_t>;

struct Band {
  double gamma;
  Counts low, high;  ///< (K) of c_1 ... c_K; the last is N
};

/// The values allowed at each point for a given gamma.
Band pointwise_limits(std::int64_t sample, std::int64_t points, double gamma);
/// Probability that the counts of `sample` uniform values all lie within the limits.
double probability_inside(std::int64_t sample, const Band& limits);
/// The band that holds all counts with probability `level` or slightly more.
Band simultaneous_band(std::int64_t sample, std::int64_t points, double level = 0.95);

/// gamma_obs of counts (K).
double smallest_tail(std::int64_t sample, const Counts& counts);
/// Probability that uniform values give a gamma_obs as small or smaller: an exact p-value.
double p_value(std::int64_t sample, std::int64_t points, double gamma_obs);

/// Holm's (1979) step-down correction: p-values for which "<= alpha" keeps the family-wise error rate at alpha.
std::vector<double> holm(const std::vector<double>& p);

}  // namespace praesepe::analysis
