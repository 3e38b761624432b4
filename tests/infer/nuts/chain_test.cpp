#include "infer/nuts/chain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "infer/diagnostics/summary.hpp"
#include "sim/error.hpp"
#include "tests/support/densities.hpp"
#include "tests/support/sampler_efficiency.hpp"

namespace praesepe::infer::nuts {
namespace {

using sim::random::Purpose;
using sim::random::Stream;

Stream stream_of(std::uint64_t seed) { return {{.seed = seed}, Purpose::chain}; }

tests::DenseGaussian unit_gaussian(Eigen::Index dimension) {
  return tests::DenseGaussian(Matrix::Identity(dimension, dimension));
}

TEST(Chain, ContinuesWhereItStopped) {
  const auto target = unit_gaussian(3);
  Chain whole(target, Vector::Ones(3), {.warmup = 100}, stream_of(1));
  Chain pieces(target, Vector::Ones(3), {.warmup = 100}, stream_of(1));
  whole.warm_up();
  pieces.warm_up();
  const Draws all = whole.sample(60);
  Draws joined = pieces.sample(25);
  joined.append(pieces.sample(35));
  EXPECT_EQ(joined.position, all.position);
  EXPECT_EQ(joined.energy, all.energy);
  EXPECT_EQ(joined.n_steps, all.n_steps);
  EXPECT_EQ(pieces.state().lp, whole.state().lp);
}

TEST(Chain, CountsEachEvaluationOnce) {
  long calls = 0;
  const tests::FunctionDensity target(2, [&](const Vector& q, Vector& gradient) {
    ++calls;
    gradient = -q;
    return -0.5 * q.squaredNorm();
  });
  Chain chain(target, Vector::Ones(2), {.warmup = 50}, stream_of(1));
  chain.warm_up();
  const long before = calls;
  const Draws draws = chain.sample(100);
  EXPECT_EQ(chain.gradients(), calls);
  EXPECT_EQ(calls - before, std::accumulate(draws.n_steps.begin(), draws.n_steps.end(), 0L))
      << "one a leapfrog, no more";
}

TEST(Chain, RecordsEachDraw) {
  const auto target = unit_gaussian(4);
  Chain chain(target, Vector::Ones(4), {.warmup = 200}, stream_of(2));
  chain.warm_up();
  const Draws draws = chain.sample(50);
  ASSERT_EQ(draws.size(), 50);
  for (Eigen::Index i = 0; i < 50; ++i) {
    EXPECT_DOUBLE_EQ(draws.lp[i], -0.5 * draws.position.row(i).squaredNorm());
    EXPECT_GE(draws.energy[i], -draws.lp[i]);
    EXPECT_EQ(draws.step_size[i], chain.step_size());
    const auto row = static_cast<std::size_t>(i);
    EXPECT_LT(draws.n_steps[row], 2 << draws.tree_depth[row]);
    EXPECT_EQ(draws.diverging[row], 0);
  }
  EXPECT_EQ(Vector(draws.position.row(49)), chain.state().position);
}

TEST(Chain, RefusesAStartWithoutFiniteDensity) {
  const tests::FunctionDensity half(1, [](const Vector& q, Vector& gradient) {
    gradient[0] = q[0] > 2.0 ? std::nan("") : -1.0;
    return q[0] > 0.0 ? -q[0] : -HUGE_VAL;
  });
  EXPECT_THROW(Chain(half, Vector::Constant(1, -1.0), {}, stream_of(1)), TaskFailure);
  EXPECT_THROW(Chain(half, Vector::Constant(1, 3.0), {}, stream_of(1)), TaskFailure) << "gradient";
  EXPECT_NO_THROW(Chain(half, Vector::Constant(1, 1.0), {}, stream_of(1)));
}

TEST(Chain, StartsFromAGivenMetric) {
  const tests::DenseGaussian target(Vector{{1e6, 1e-6}}.asDiagonal());
  const Matrix covariance = Vector{{1e-6, 1e6}}.asDiagonal();
  Chain chain(target, Vector::Zero(2), {.warmup = 0, .inverse_metric = covariance}, stream_of(1));
  chain.warm_up();
  EXPECT_EQ(chain.inverse_metric(), covariance);
  EXPECT_GT(chain.step_size(), 0.1);
  const Matrix not_positive = -covariance;
  EXPECT_THROW(Chain(target, Vector::Zero(2), {.inverse_metric = not_positive}, stream_of(1)), InternalError);
}

TEST(Chain, WarmsUpFromTheModeWithoutAMetric) {
  const auto target = unit_gaussian(5);
  Chain chain(target, Vector::Zero(5), {}, stream_of(5));
  chain.warm_up();
  EXPECT_NEAR(chain.sample(500).acceptance_rate.mean(), 0.85, 0.1);
}

TEST(Chain, RestartsItsAdaptationToAnotherAcceptance) {
  const tests::Ar1Gaussian target(Vector::LinSpaced(20, 0.1, 10.0), 0.5);
  Chain chain(target, Vector::Ones(20), {}, stream_of(3));
  chain.warm_up();
  const double before = chain.step_size();
  EXPECT_NEAR(chain.sample(500).acceptance_rate.mean(), 0.8, 0.07);
  chain.set_target_accept(0.95);
  chain.warm_up();
  EXPECT_LT(chain.step_size(), before);
  EXPECT_NEAR(chain.sample(500).acceptance_rate.mean(), 0.95, 0.03);
}

// Modes at -20 and 20, which NUTS alone never crosses, and a transition that swaps them. The sign is redrawn at each
// step, so the number of positive draws has sd 31.6 of 1000 among 4000 / 4; |z| < 4.5 fails once in 150,000.
TEST(Chain, AppliesTheTransitionBetween) {
  const tests::FunctionDensity target(1, [](const Vector& q, Vector& gradient) {
    const double z = std::abs(q[0]) - 20.0;
    gradient[0] = q[0] > 0.0 ? -z : z;
    return -0.5 * z * z;
  });
  const auto flip = [](State& state, Stream& stream) {
    if (stream.uniform() < 0.5) return;
    state.position = -state.position;
    state.gradient = -state.gradient;
  };
  Chain chain(target, Vector::Constant(1, 19.0), {.between = flip}, stream_of(4));
  chain.warm_up();
  const Draws draws = chain.sample(1000);
  const auto positive = (draws.position.array() > 0.0).count();
  EXPECT_NEAR(static_cast<double>(positive), 500.0, 4.5 * 15.8);
}

// Standard deviations from 1e-2 to 1e2, neighbours correlated by 0.999. Means and deviations by z-tests with the
// diagnosed standard errors, 20 tests at 4.5 sd: false alarms once in 7000 runs.
class DifficultGaussian : public testing::TestWithParam<MetricKind> {};

TEST_P(DifficultGaussian, IsSampledRightly) {
  const Vector scales{{1e-2, 1e-1, 1.0, 1e1, 1e2}};
  const tests::Ar1Gaussian target(scales, 0.999);
  const auto run = tests::run_four_chains(target, {.metric = GetParam()}, 1000, 11);
  EXPECT_EQ(run.divergences, 0);
  EXPECT_LT(run.max_r_hat, 1.02);
  for (Eigen::Index i = 0; i < 5; ++i) {
    const Matrix draws = tests::draws_of(run, [i](const Vector& q) { return q[i]; });
    EXPECT_LT(std::abs(draws.mean()), 4.5 * diagnostics::mcse_mean(draws)) << i;
    const double sd = diagnostics::summarise(draws).sd;
    EXPECT_LT(std::abs(sd - scales[i]), 4.5 * diagnostics::mcse_sd(draws)) << i;
  }
  if (GetParam() == MetricKind::dense) {
    EXPECT_LT(static_cast<double>(run.leapfrogs) / 4000.0, 7.5) << "a round target needs 3 or 7 leapfrogs";
  }
}
INSTANTIATE_TEST_SUITE_P(Metrics, DifficultGaussian, testing::Values(MetricKind::dense, MetricKind::diagonal));

// What must not pass silently.

TEST(Chain, ReportsTheFunnelOfCentredEightSchools) {
  const tests::EightSchools target(tests::EightSchools::Form::centred);
  const auto run = tests::run_four_chains(target, {}, 1000, 1);
  EXPECT_GE(run.divergences, 5);
  EXPECT_LT(run.min_ess_bulk, 400.0);
}

TEST(Chain, ReportsTwoModesByRHat) {
  const tests::FunctionDensity target(1, [](const Vector& q, Vector& gradient) {
    const double side = q[0] > 0.0 ? 1.0 : -1.0;
    gradient[0] = 10.0 * side - 10.0 * q[0];
    return -5.0 * std::pow(q[0] - side, 2);
  });
  EXPECT_GT(tests::run_four_chains(target, {}, 1000, 2).max_r_hat, 1.1);
}

TEST(Chain, FailsOnAFlatDensity) {
  const tests::FunctionDensity flat(2, [](const Vector&, Vector& gradient) {
    gradient.setZero();
    return 1.0;
  });
  Chain chain(flat, Vector::Ones(2), {}, stream_of(1));
  EXPECT_THROW(chain.warm_up(), TaskFailure);
}

TEST(Chain, ReportsADirectionThatTheDensityLeavesFree) {
  const tests::FunctionDensity valley(2, [](const Vector& q, Vector& gradient) {
    gradient = Vector{{-q[0], 0.0}};
    return -0.5 * q[0] * q[0];
  });
  EXPECT_GT(tests::run_four_chains(valley, {}, 1000, 3).max_r_hat, 1.01);
}

// A standard normal that is no number beyond 1: divergences at the edge, and otherwise the truncated normal.
// Mean -phi(1)/Phi(1) = -0.28760, tested at 4.5 standard errors: false alarms once in 150,000 runs.
TEST(Chain, ReportsARegionWhereTheDensityIsNoNumber) {
  const tests::FunctionDensity cut(1, [](const Vector& q, Vector& gradient) {
    gradient = -q;
    return q[0] > 1.0 ? std::nan("") : -0.5 * q[0] * q[0];
  });
  tests::SamplerRun run;
  for (std::uint64_t c = 0; c < 4; ++c) {
    Chain chain(cut, Vector::Constant(1, -0.5), {}, stream_of(20 + c));
    chain.warm_up();
    const Draws& draws = run.chains.emplace_back(chain.sample(2000));
    EXPECT_GT(std::ranges::count(draws.diverging, 1), 0);
    EXPECT_LE(draws.position.maxCoeff(), 1.0);
  }
  const Matrix draws = tests::draws_of(run, [](const Vector& q) { return q[0]; });
  EXPECT_LT(std::abs(draws.mean() + 0.28760), 4.5 * diagnostics::mcse_mean(draws));
}

}  // namespace
}  // namespace praesepe::infer::nuts
