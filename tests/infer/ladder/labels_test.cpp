// Two components that differ clearly, but hardly in what gives them their labels.
#include <gtest/gtest.h>

#include <cmath>

#include "infer/density/normal.hpp"
#include "infer/density/posterior.hpp"
#include "infer/diagnostics/summary.hpp"
#include "infer/nuts/posterior_sample.hpp"

namespace praesepe::infer::nuts {
namespace {

constexpr double kSigma = 0.1, kApart = 0.1, kPlace = 5.0;

/// One component is measured to be at (x, y) = (0, 5), the other at (0.1, -5), both with errors (0.1, 1); which is
/// which is not known. theta = (x_0, y_0, x_1, y_1).
struct Pair final : density::Likelihood {
  Eigen::Index dimension() const override { return 4; }
  double log_likelihood(const Vector& t, Vector& gradient) const override {
    const Vector first{{0.0, kPlace, kApart, -kPlace}}, second{{kApart, -kPlace, 0.0, kPlace}};
    const Vector precision{{1.0 / (kSigma * kSigma), 1.0, 1.0 / (kSigma * kSigma), 1.0}};
    const double a = -0.5 * (t - first).cwiseAbs2().dot(precision), b = -0.5 * (t - second).cwiseAbs2().dot(precision);
    const double top = std::max(a, b), sum = std::exp(a - top) + std::exp(b - top);
    gradient = precision.cwiseProduct(std::exp(a - top) / sum * (first - t) + std::exp(b - top) / sum * (second - t));
    return top + std::log(sum);
  }
};

TEST(LabelsInTheLadder, LabelsChangeWhereComponentsPassEachOther) {
  const density::Prior x = density::Prior::parse("ascending(normal(0, 1))"), y = density::Prior::parse("normal(0, 10)");
  const density::Posterior posterior(std::make_unique<Pair>(),
                                     density::ParameterSpace({"x_0", "y_0", "x_1", "y_1"}, {x, y, x, y}));
  const auto& space = posterior.space();
  ConvergenceRule rule;
  rule.monitored = [&space](const Vector& q) { return space.constrain(q); };
  const auto sample =
      sample_posterior(posterior, {space.unconstrain(Vector{{0.0, 5.0, 0.1, -5.0}})}, {}, rule, {20230801, 3, 1});
  ASSERT_EQ(sample.status, SampleStatus::converged) << sample.message;
  density::Matrix y_0(sample.chains.front().size(), 4);
  for (Eigen::Index c = 0; c < 4; ++c) {
    const auto& position = sample.chains[static_cast<std::size_t>(c)].position;
    for (Eigen::Index i = 0; i < y_0.rows(); ++i) y_0(i, c) = space.constrain(position.row(i).transpose())[1];
  }
  // x of either is normal, shrunk by the prior: P(the one at y = 5 bears label 0) = 0.76.
  const double variance = 1.0 / (1.0 + 1.0 / (kSigma * kSigma)), shrink = variance / (kSigma * kSigma);
  const double share = density::Phi(shrink * kApart / std::sqrt(2.0 * variance));
  const double expected = (2.0 * share - 1.0) * kPlace / 1.01;
  const auto summary = diagnostics::summarise(y_0);
  // Five Monte Carlo errors: a false alarm in 2e6. Chains that cannot change labels would have a mean of 5 or -5.
  EXPECT_NEAR(summary.mean, expected, 5.0 * summary.mcse_mean);
  EXPECT_LT(summary.mcse_mean, 0.2);
}

}  // namespace
}  // namespace praesepe::infer::nuts
