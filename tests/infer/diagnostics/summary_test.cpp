#include "infer/diagnostics/summary.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/infer/diagnostics/reference_draws.hpp"
#include "tests/support/reference_table.hpp"

namespace praesepe::infer::diagnostics {
namespace {

void expect_same(double value, double reference, const std::string& what) {
  if (std::isnan(reference)) {
    EXPECT_TRUE(std::isnan(value)) << what << " = " << value;
  } else {
    EXPECT_NEAR(value, reference, 1e-10 * std::abs(reference)) << what;
  }
}

TEST(Summary, AgreesWithThePosteriorPackage) {
  const auto table = tests::read_reference("posterior_diagnostics.csv");
  ASSERT_EQ(table.rows.size(), 20u);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto number = [&](const char* column) { return table.number(row, column); };
    const std::string name = table.rows[row].at("case");
    SCOPED_TRACE(name);
    const Eigen::MatrixXd x = tests::reference_draws(name, number("state"), static_cast<int>(number("draws")),
                                                     static_cast<int>(number("chains")));
    expect_same(r_hat(x), number("rhat"), "r_hat");
    expect_same(ess_bulk(x), number("ess_bulk"), "ess_bulk");
    expect_same(ess_tail(x), number("ess_tail"), "ess_tail");
    expect_same(ess_mean(x), number("ess_mean"), "ess_mean");
    expect_same(ess_quantile(x, 0.05), number("ess_q05"), "ess_quantile(0.05)");
    expect_same(ess_quantile(x, 0.5), number("ess_q50"), "ess_quantile(0.5)");
    expect_same(mcse_mean(x), number("mcse_mean"), "mcse_mean");
    expect_same(mcse_sd(x), number("mcse_sd"), "mcse_sd");
    expect_same(mcse_quantile(x, 0.05), number("mcse_q05"), "mcse_quantile(0.05)");
    expect_same(mcse_quantile(x, 0.5), number("mcse_q50"), "mcse_quantile(0.5)");

    const Summary summary = summarise(x);
    expect_same(summary.r_hat, number("rhat"), "summary r_hat");
    expect_same(summary.ess_bulk, number("ess_bulk"), "summary ess_bulk");
    expect_same(summary.ess_tail, number("ess_tail"), "summary ess_tail");
    expect_same(summary.mcse_mean, number("mcse_mean"), "summary mcse_mean");
  }
}

TEST(Summary, GivesMomentsAndQuantilesOfAKnownSample) {
  Eigen::MatrixXd x(5, 2);
  x << 10, 1, 9, 2, 8, 3, 7, 4, 6, 5;
  const Summary s = summarise(x);
  EXPECT_DOUBLE_EQ(s.mean, 5.5);
  EXPECT_DOUBLE_EQ(s.sd, std::sqrt(82.5 / 9.0));
  EXPECT_DOUBLE_EQ(s.median, 5.5);
  EXPECT_DOUBLE_EQ(s.q25, 3.25);
  EXPECT_DOUBLE_EQ(s.q75, 7.75);
  EXPECT_DOUBLE_EQ(s.q2_5, 1.225);
  EXPECT_DOUBLE_EQ(s.q97_5, 9.775);
  EXPECT_DOUBLE_EQ(quantile_sorted({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.25), 3.25);
}

TEST(Summary, IsNaNForInfiniteDraws) {
  Eigen::MatrixXd x = tests::reference_draws("iid", 5, 100, 4);
  x(3, 1) = -HUGE_VAL;
  EXPECT_TRUE(std::isnan(r_hat(x)));
  EXPECT_TRUE(std::isnan(ess_bulk(x)));
  EXPECT_TRUE(std::isnan(ess_quantile(x, 0.5)));
  EXPECT_TRUE(std::isnan(summarise(x).median));
}

TEST(Summary, DoesNotDependOnTheOrderOfChains) {
  const Eigen::MatrixXd x = tests::reference_draws("ar_0.9", 5, 200, 4);
  Eigen::MatrixXd swapped = x;
  swapped.col(0).swap(swapped.col(3));
  EXPECT_NEAR(r_hat(swapped), r_hat(x), 1e-13);
  EXPECT_NEAR(ess_bulk(swapped), ess_bulk(x), 1e-9);
}

TEST(EBfmi, IsNearTwoForIndependentAndSmallForSlowEnergies) {
  EXPECT_NEAR(e_bfmi(tests::reference_draws("iid", 5, 4000, 1)), 2.0, 0.1);
  EXPECT_LT(e_bfmi(tests::reference_draws("ar_0.9", 5, 4000, 1)), 0.3);
  EXPECT_TRUE(std::isnan(e_bfmi(Eigen::VectorXd::Constant(10, 1.0))));
}

}  // namespace
}  // namespace praesepe::infer::diagnostics
