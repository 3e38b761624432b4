#include "infer/nuts/step_size.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "infer/nuts/trajectory.hpp"
#include "sim/error.hpp"
#include "tests/support/densities.hpp"

namespace praesepe::infer::nuts {
namespace {

using sim::random::Purpose;
using sim::random::Stream;

State state_at(const density::LogDensity& target, const Vector& position) {
  State state{position, Vector::Zero(position.size()), 0.0};
  state.lp = target.log_density(state.position, state.gradient);
  return state;
}

Hamiltonian with_unit_metric(const density::LogDensity& target) {
  return {target, *InverseMetric::factorise(Matrix::Ones(target.dimension(), 1))};
}

TEST(FindStepSize, FollowsTheScaleOfTheTarget) {
  for (const double scale : {1e-6, 1e-3, 1.0, 1e3}) {
    const tests::DenseGaussian target(Matrix::Identity(10, 10) / (scale * scale));
    Hamiltonian system = with_unit_metric(target);
    Stream stream({.seed = 3}, Purpose::chain);
    const double step = find_step_size(system, state_at(target, Vector::Constant(10, scale)), stream);
    EXPECT_GT(step / scale, 0.1);
    EXPECT_LT(step / scale, 4.0);
  }
}

TEST(FindStepSize, SaysThatAFlatDensityHasNone) {
  const tests::FunctionDensity flat(3, [](const Vector&, Vector& gradient) {
    gradient.setZero();
    return 0.0;
  });
  Hamiltonian system = with_unit_metric(flat);
  Stream stream({.seed = 3}, Purpose::chain);
  EXPECT_THROW(find_step_size(system, state_at(flat, Vector::Zero(3)), stream), TaskFailure);
}

TEST(FindStepSize, SaysThatAPointWithoutFiniteSurroundingsHasNone) {
  const tests::FunctionDensity spike(1, [](const Vector& q, Vector& gradient) {
    gradient.setZero();
    return q[0] == 0.0 ? 0.0 : -HUGE_VAL;
  });
  Hamiltonian system = with_unit_metric(spike);
  Stream stream({.seed = 3}, Purpose::chain);
  EXPECT_THROW(find_step_size(system, state_at(spike, Vector::Zero(1)), stream), TaskFailure);
}

// The acceptance rate falls with the step as 1 / (1 + eps^2): 0.8 at eps = 1/2.
TEST(DualAveraging, FindsTheStepOfTheTargetAcceptance) {
  Stream noise({.seed = 4}, Purpose::chain);
  DualAveraging averaging(0.8, 8.0);
  for (int t = 0; t < 1000; ++t) {
    const double step = averaging.step_size();
    averaging.update(std::clamp(1.0 / (1.0 + step * step) + 0.1 * noise.normal(), 0.0, 1.0));
  }
  EXPECT_NEAR(averaging.averaged(), 0.5, 0.03);
}

TEST(DualAveraging, FirstUpdateIsTheFormula) {
  DualAveraging averaging(0.8, 2.0);
  averaging.update(0.5);
  const double s = 0.3 / 11.0;
  EXPECT_NEAR(std::log(averaging.step_size()), std::log(20.0) - s / 0.05, 1e-14);
  EXPECT_EQ(averaging.averaged(), averaging.step_size());
}

TEST(DualAveraging, FallsBackToItsStartWithoutUpdates) {
  DualAveraging averaging(0.8, 0.25);
  EXPECT_DOUBLE_EQ(averaging.averaged(), 0.25);
  averaging.update(0.1);
  averaging.restart(0.5);
  EXPECT_DOUBLE_EQ(averaging.averaged(), 0.5);
  EXPECT_DOUBLE_EQ(averaging.step_size(), 0.5);
}

}  // namespace
}  // namespace praesepe::infer::nuts
