// Agreement with reference posteriors: |mean - reference| < 4 standard errors of both, standard deviations within 10 %
// (20 % for tau, whose tail is heavy). 20 means at 4 sd: a seed fails by chance once in 800.
#include "tests/support/posteriordb.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "infer/diagnostics/summary.hpp"
#include "tests/support/check_gradient.hpp"
#include "tests/support/sampler_efficiency.hpp"

namespace praesepe::tests {
namespace {

using infer::nuts::MetricKind;

class ReferencePosteriors : public testing::TestWithParam<const char*> {};

TEST_P(ReferencePosteriors, AreSampledWithBothMetrics) {
  const auto reference = read_posteriordb(GetParam());
  if (!reference) return;
  for (const MetricKind metric : {MetricKind::dense, MetricKind::diagonal}) {
    const int warmup = metric == MetricKind::dense ? 400 : 1000;
    const auto run =
        run_four_chains(*reference->density, {.warmup = warmup, .target_accept = 0.9, .metric = metric}, 2500, 5);
    EXPECT_LT(run.max_r_hat, 1.02);
    for (const auto& quantity : reference->quantities) {
      const Matrix draws = draws_of(run, quantity.of);
      const double error = std::hypot(infer::diagnostics::mcse_mean(draws), quantity.mcse_mean);
      EXPECT_LT(std::abs(draws.mean() - quantity.mean), 4.0 * error) << quantity.name;
      EXPECT_NEAR(infer::diagnostics::summarise(draws).sd / quantity.sd, 1.0, quantity.name == "tau" ? 0.2 : 0.1)
          << quantity.name;
    }
  }
}

TEST_P(ReferencePosteriors, HaveRightGradients) {
  const auto reference = read_posteriordb(GetParam());
  if (!reference) return;
  const Vector point = Vector::LinSpaced(reference->density->dimension(), -0.8, 1.3);
  EXPECT_TRUE(check_gradient(*reference->density, point, 1e-7));
}

INSTANTIATE_TEST_SUITE_P(Posteriordb, ReferencePosteriors,
                         testing::Values("eight_schools_noncentered", "kidscore_momiq", "arK"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace praesepe::tests
