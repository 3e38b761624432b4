#include "infer/nuts/hamiltonian.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>

#include "tests/support/densities.hpp"

namespace praesepe::infer::nuts {
namespace {

using sim::random::Purpose;
using sim::random::Stream;

// A quartic in two correlated coordinates of scales 1 and 100: no symmetry helps the integrator.
double crooked(const Vector& q, Vector& gradient) {
  const double a = q[0], b = 0.01 * q[1] + 0.5 * a;
  gradient[0] = -a - a * a * a - 0.5 * b;
  gradient[1] = -0.01 * b;
  return -0.5 * a * a - 0.25 * a * a * a * a - 0.5 * b * b;
}

Matrix correlated_metric() {
  Matrix metric(2, 2);
  metric << 1.0, -40.0, -40.0, 1e4;
  return metric;
}

class HamiltonianTest : public testing::Test {
 protected:
  PhasePoint start(Hamiltonian& system) {
    State state{Vector{{0.7, -130.0}}, Vector::Zero(2), 0.0};
    state.lp = crooked(state.position, state.gradient);
    PhasePoint point(2);
    Stream stream({.seed = 1}, Purpose::chain);
    system.start(state, stream, point);
    return point;
  }

  PhasePoint integrate(Hamiltonian& system, PhasePoint point, double step, int steps) {
    PhasePoint next(2);
    for (int i = 0; i < steps; ++i) {
      system.leapfrog(point, step, next);
      std::swap(point, next);
    }
    return point;
  }

  tests::FunctionDensity density_{2, crooked};
  Hamiltonian dense_{density_, *InverseMetric::factorise(correlated_metric())};
};

TEST_F(HamiltonianTest, FiftyStepsForthAndBackReturnToTheStart) {
  const PhasePoint from = start(dense_);
  const PhasePoint back = integrate(dense_, integrate(dense_, from, 0.1, 50), -0.1, 50);
  EXPECT_LT((back.momentum - from.momentum).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_LT((back.position - from.position).cwiseQuotient(Vector{{1.0, 100.0}}).cwiseAbs().maxCoeff(), 1e-12);
}

TEST_F(HamiltonianTest, EnergyErrorFallsAsTheSquareOfTheStep) {
  const PhasePoint from = start(dense_);
  const double coarse = std::abs(integrate(dense_, from, 0.02, 50).energy - from.energy);
  const double fine = std::abs(integrate(dense_, from, 0.01, 100).energy - from.energy);
  EXPECT_GT(coarse, 1e-7);
  EXPECT_NEAR(std::log2(coarse / fine), 2.0, 0.05);
}

// The Jacobian of (q, u) -> (q', u') has determinant 1: the map from p to u is linear and constant.
TEST_F(HamiltonianTest, KeepsPhaseSpaceVolume) {
  const PhasePoint from = start(dense_);
  const Vector widths{{1e-4, 1e-2, 1e-4, 1e-4}};
  Matrix jacobian(4, 4);
  for (Eigen::Index i = 0; i < 4; ++i) {
    const auto image = [&](double sign) {
      PhasePoint moved = from;
      (i < 2 ? moved.position[i] : moved.momentum[i - 2]) += sign * widths[i];
      moved.lp = crooked(moved.position, moved.gradient);
      dense_.metric().whiten(moved.gradient, moved.force);
      const PhasePoint end = integrate(dense_, moved, 0.2, 5);
      Vector both(4);
      both << end.position, end.momentum;
      return both;
    };
    jacobian.col(i) = (image(1.0) - image(-1.0)) / (2.0 * widths[i]);
  }
  EXPECT_NEAR(jacobian.determinant(), 1.0, 1e-6);
}

// The step in whitened momenta is the textbook step in p = L^-T u.
TEST_F(HamiltonianTest, IsTheTextbookLeapfrogInWhitenedMomenta) {
  const Matrix inverse_metric = correlated_metric();
  const Matrix factor = inverse_metric.llt().matrixL();
  const PhasePoint from = start(dense_);
  PhasePoint to(2);
  dense_.leapfrog(from, 0.3, to);

  Vector p = factor.transpose().inverse() * from.momentum;
  p += 0.15 * from.gradient;
  const Vector q = from.position + 0.3 * inverse_metric * p;
  Vector gradient(2);
  const double lp = crooked(q, gradient);
  p += 0.15 * gradient;
  EXPECT_LT((q - to.position).cwiseAbs().maxCoeff(), 1e-10);
  EXPECT_NEAR(-lp + 0.5 * p.dot(inverse_metric * p), to.energy, 1e-10 * std::abs(to.energy));
  EXPECT_EQ(dense_.gradients(), 1);
}

TEST_F(HamiltonianTest, EnergyIsInfiniteWhereTheDensityIsNotFinite) {
  for (const double value : {std::nan(""), -HUGE_VAL, HUGE_VAL}) {
    tests::FunctionDensity broken(2, [value](const Vector&, Vector&) { return value; });
    Hamiltonian system(broken, *InverseMetric::factorise(Matrix::Ones(2, 1)));
    PhasePoint to(2);
    system.leapfrog(start(system), 0.1, to);
    EXPECT_EQ(to.energy, HUGE_VAL) << value;
  }
  tests::FunctionDensity no_slope(2, [](const Vector&, Vector& gradient) {
    gradient.setConstant(std::nan(""));
    return 0.0;
  });
  Hamiltonian system(no_slope, *InverseMetric::factorise(Matrix::Ones(2, 1)));
  PhasePoint to(2);
  system.leapfrog(start(system), 0.1, to);
  EXPECT_EQ(to.energy, HUGE_VAL);
}

}  // namespace
}  // namespace praesepe::infer::nuts
