#include "analysis/simultaneous_band.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/random/stream.hpp"

namespace praesepe::analysis {
namespace {

struct Reference {
  std::int64_t sample, points;
  double gamma;
  std::int64_t low, high;  ///< at z = 1/2
};

/// Computed independently, in Python; any gamma that gives the same limits is equivalent, hence the wide tolerance.
class KnownBands : public testing::TestWithParam<Reference> {};

TEST_P(KnownBands, AreReproduced) {
  const auto [sample, points, gamma, low, high] = GetParam();
  const Band band = simultaneous_band(sample, points);
  const auto middle = static_cast<std::size_t>(points / 2 - 1);
  EXPECT_EQ(band.low[middle], low);
  EXPECT_EQ(band.high[middle], high);
  EXPECT_NEAR(band.gamma, gamma, 0.03 * gamma);
  EXPECT_GE(probability_inside(sample, band), 0.95);
  EXPECT_LT(probability_inside(sample, pointwise_limits(sample, points, 1.05 * band.gamma)), 0.95);
}

INSTANTIATE_TEST_SUITE_P(Levels, KnownBands,
                         testing::Values(Reference{100, 20, 0.00855, 37, 63}, Reference{100, 100, 0.00411, 36, 64},
                                         Reference{250, 100, 0.00327, 102, 148}, Reference{320, 20, 0.00649, 136, 184},
                                         Reference{320, 100, 0.00311, 134, 186}, Reference{320, 320, 0.00221, 133, 187},
                                         Reference{1000, 100, 0.00267, 453, 547}));

/// All ways in which n values fall into three bins of equal probability.
double by_enumeration(std::int64_t n, const Band& limits) {
  double probability = 0.0;
  for (std::int64_t a = 0; a <= n; ++a) {
    for (std::int64_t b = 0; a + b <= n; ++b) {
      const bool inside =
          limits.low[0] <= a && a <= limits.high[0] && limits.low[1] <= a + b && a + b <= limits.high[1];
      const auto factorial = [](std::int64_t k) { return std::tgamma(static_cast<double>(k) + 1.0); };
      if (inside) probability += factorial(n) / (factorial(a) * factorial(b) * factorial(n - a - b));
    }
  }
  return probability * std::pow(3.0, -static_cast<double>(n));
}

TEST(ProbabilityInside, AgreesWithEnumeration) {
  for (const double gamma : {0.01, 0.1, 0.3, 0.6}) {
    const Band limits = pointwise_limits(9, 3, gamma);
    EXPECT_NEAR(probability_inside(9, limits), by_enumeration(9, limits), 1e-13) << gamma;
  }
}

Counts counts_of_uniforms(std::int64_t sample, std::int64_t points, sim::random::Stream& stream) {
  Counts counts(static_cast<std::size_t>(points), 0);
  for (std::int64_t i = 0; i < sample; ++i) {
    const auto bin = static_cast<std::size_t>(stream.uniform() * static_cast<double>(points));
    for (std::size_t k = bin; k < counts.size(); ++k) ++counts[k];
  }
  return counts;
}

TEST(PValue, IsUniformForUniformValuesAndAgreesWithTheBand) {
  constexpr std::int64_t kSample = 80, kPoints = 40;
  constexpr int kRepeats = 4000;
  const Band band = simultaneous_band(kSample, kPoints);
  sim::random::Stream stream({20231, 0, 0}, sim::random::Purpose::calibration);
  int outside = 0, small = 0, tiny = 0;
  for (int i = 0; i < kRepeats; ++i) {
    const Counts counts = counts_of_uniforms(kSample, kPoints, stream);
    const double p = p_value(kSample, kPoints, smallest_tail(kSample, counts));
    bool is_inside = true;
    for (std::size_t k = 0; k < counts.size(); ++k) is_inside &= band.low[k] <= counts[k] && counts[k] <= band.high[k];
    EXPECT_EQ(is_inside, p > 1.0 - probability_inside(kSample, band) + 1e-12) << p;
    outside += is_inside ? 0 : 1;
    small += p <= 0.2 ? 1 : 0;
    tiny += p <= 0.02 ? 1 : 0;
  }
  // Exact p-values of a discrete statistic: P(p <= x) is at most x, and little less. Limits four binomial standard
  // deviations wide: false alarms below 1e-4 each.
  EXPECT_NEAR(outside, kRepeats * (1.0 - probability_inside(kSample, band)), 4.0 * std::sqrt(kRepeats * 0.05 * 0.95));
  EXPECT_NEAR(small, 0.195 * kRepeats, 4.0 * std::sqrt(kRepeats * 0.2 * 0.8) + 0.005 * kRepeats);
  EXPECT_NEAR(tiny, 0.019 * kRepeats, 4.0 * std::sqrt(kRepeats * 0.02 * 0.98) + 0.001 * kRepeats);
}

TEST(Holm, StepsDown) {
  const auto adjusted = holm({0.01, 0.04, 0.03, 0.5});
  const std::vector<double> expected{0.04, 0.09, 0.09, 0.5};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(adjusted[i], expected[i], 1e-15) << i;
}

}  // namespace
}  // namespace praesepe::analysis
