#include "infer/diagnostics/psis.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/infer/diagnostics/reference_draws.hpp"
#include "tests/support/reference_table.hpp"

namespace praesepe::infer::diagnostics {
namespace {

TEST(Psis, AgreesWithTheLooPackage) {
  const auto table = tests::read_reference("posterior_pareto.csv");
  ASSERT_EQ(table.rows.size(), 15u);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto number = [&](const char* column) { return table.number(row, column); };
    tests::ParkMiller random(number("state"));
    Eigen::VectorXd log_ratios(static_cast<Eigen::Index>(number("size")));
    for (double& r : log_ratios) r = -number("k") * std::log(random.uniform());
    SCOPED_TRACE(testing::Message() << "k " << number("k") << ", size " << log_ratios.size());
    const SmoothedRatios smoothed = pareto_smooth(log_ratios);
    const Eigen::ArrayXd weight = smoothed.log_weights.array().exp();
    EXPECT_NEAR(smoothed.k_hat, number("pareto_k"), 1e-9);
    EXPECT_NEAR(smoothed.log_weights.maxCoeff(), number("log_weight_max"), 1e-9);
    EXPECT_NEAR(std::log(weight.sum()), number("log_sum_weights"), 1e-9);
    EXPECT_NEAR(weight.sum() * weight.sum() / weight.square().sum(), number("ess"), 1e-8 * number("ess"));
  }
}

TEST(Psis, LeavesAlikeOrFewRatiosAlone) {
  const SmoothedRatios alike = pareto_smooth(Eigen::VectorXd::Constant(100, -3.0));
  EXPECT_EQ(alike.k_hat, HUGE_VAL);
  EXPECT_EQ(alike.log_weights, Eigen::VectorXd::Constant(100, -3.0));
  EXPECT_EQ(pareto_smooth(Eigen::VectorXd::LinSpaced(10, 0.0, 1.0)).k_hat, HUGE_VAL);
}

TEST(Psis, AcceptsDrawsOutsideTheSupport) {
  tests::ParkMiller random(7);
  Eigen::VectorXd log_ratios(200);
  for (double& r : log_ratios) r = random.uniform() < 0.9 ? -HUGE_VAL : random.uniform();
  const SmoothedRatios smoothed = pareto_smooth(log_ratios);
  EXPECT_FALSE(smoothed.log_weights.array().isNaN().any());
  EXPECT_FALSE(std::isnan(smoothed.k_hat));
}

TEST(Psis, ToleratesLessForFewDraws) {
  EXPECT_DOUBLE_EQ(k_hat_limit(100), 0.5);
  EXPECT_DOUBLE_EQ(k_hat_limit(1000000), 0.7);
}

}  // namespace
}  // namespace praesepe::infer::diagnostics
