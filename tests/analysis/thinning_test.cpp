// False alarms of the test of ranks where draws are autocorrelated, and what thinning does about them.
//
// Truth and draws from the same law, so that a rejection is a false alarm: 320 tasks, 399 draws of a stationary
// autoregression x_n = rho x_{n-1} + ..., whose effective sample size is 399 (1 - rho) / (1 + rho). The test is the
// 95 % band of one quantity. 400 campaigns each, fixed seeds: a rate of 5 % is known to 1.1 %, one of 20 % to 2 %.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <random>

#include "analysis/ranks.hpp"
#include "analysis/uniformity.hpp"

namespace praesepe::analysis {
namespace {

using sim::random::Purpose;
using sim::random::Stream;

constexpr std::int64_t kTasks = 320, kDraws = 399;
constexpr int kCampaigns = 400;

/// Counts false alarms of ranks among `kept` of the draws.
class FalseAlarms {
 public:
  explicit FalseAlarms(std::int64_t kept)
      : kept_(kept), points_(points_for(kept, kTasks)), band_(simultaneous_band(kTasks, points_)) {}

  void add(double truth, const std::vector<double>& draws) {
    std::int64_t below = 0;
    for (std::int64_t i = 0; i < kept_; ++i)
      below += draws[static_cast<std::size_t>(kept_draw(i, kept_, kDraws))] < truth ? 1 : 0;
    ranks_.push_back(below);
  }
  void finish_campaign() {
    const double gamma = smallest_tail(kTasks, counts_below(ranks_, kept_, points_));
    alarms_ += gamma <= band_.gamma ? 1 : 0;
    ranks_.clear();
  }
  double rate() const { return static_cast<double>(alarms_) / kCampaigns; }

 private:
  std::int64_t kept_, points_;
  Band band_;
  std::vector<std::int64_t> ranks_;
  int alarms_ = 0;
};

struct Rates {
  double all, thinned;
};

/// With all draws, and with `kept` of them.
Rates false_alarms(double effective, std::int64_t kept) {
  const double ratio = effective / static_cast<double>(kDraws), rho = (1.0 - ratio) / (1.0 + ratio);
  const double innovation = std::sqrt(1.0 - rho * rho);
  FalseAlarms all(kDraws), thinned(kept);
  std::vector<double> draws(kDraws);
  for (std::uint64_t campaign = 0; campaign < kCampaigns; ++campaign) {
    for (std::uint64_t task = 0; task < kTasks; ++task) {
      Stream stream({campaign, static_cast<std::uint64_t>(effective), task}, Purpose::chain);
      std::normal_distribution<double> normal;  // faster than Stream::normal
      double x = normal(stream);
      for (double& draw : draws) draw = x = rho * x + innovation * normal(stream);
      const double truth = normal(stream);
      all.add(truth, draws);
      thinned.add(truth, draws);
    }
    all.finish_campaign();
    thinned.finish_campaign();
  }
  std::printf("  effective draws %3.0f: %.3f with all draws, %.3f with %d\n", effective, all.rate(), thinned.rate(),
              static_cast<int>(kept));
  return {all.rate(), thinned.rate()};
}

// The bounds are three Monte Carlo errors about 5.5, 8 and 20 %, and 5 % where thinned.
TEST(Thinning, IsNotNeededAtAHundredEffectiveDraws) {
  const auto rates = false_alarms(100.0, 99);
  EXPECT_NEAR(rates.all, 0.055, 0.034);
  EXPECT_NEAR(rates.thinned, 0.05, 0.033);
}

TEST(Thinning, TakesAFewFalseAlarmsAwayAtFiftyEffectiveDraws) {
  const auto rates = false_alarms(50.0, 49);
  EXPECT_NEAR(rates.all, 0.08, 0.041);
  EXPECT_NEAR(rates.thinned, 0.05, 0.033);
}

TEST(Thinning, BringsTwentyPercentBackToFiveAtTwentyEffectiveDraws) {
  const auto rates = false_alarms(20.0, 19);
  EXPECT_NEAR(rates.all, 0.20, 0.06);
  EXPECT_NEAR(rates.thinned, 0.05, 0.033);
}

}  // namespace
}  // namespace praesepe::analysis
