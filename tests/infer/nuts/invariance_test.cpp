// One transition from an exact draw is an exact draw: what long chains hide, independent starts show.
//
// Each target is the image of independent uniforms u_j; after one transition from PRAESEPE_STARTS exact draws the u_j
// must again be independent and uniform: mean, variance, three quantiles and products of pairs, by z-tests at 4.7 sd. A
// target with three coordinates makes 18 of them; a run of this file makes 86, so its false-alarm rate is 86 * 2.6e-6
// = 2.2e-4. Seen to fail, with 1e5 starts or fewer: biased progressive sampling inside subtrees, a proposal kept from a
// subtree that turned, weights without the kinetic energy.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "infer/nuts/trajectory.hpp"
#include "tests/support/densities.hpp"

namespace praesepe::infer::nuts {
namespace {

using sim::random::Purpose;
using sim::random::Stream;

double normal_distribution(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

struct ExactTarget {
  std::unique_ptr<density::LogDensity> density;
  std::function<Vector(Stream&)> draw;
  std::function<Vector(const Vector&)> uniforms;
};

// Standard deviations 0.1, 1, 10, neighbours correlated by 0.9.
ExactTarget correlated_gaussian() {
  const Vector scales{{0.1, 1.0, 10.0}};
  const double rho = 0.9, innovation = std::sqrt(1.0 - rho * rho);
  return {std::make_unique<tests::Ar1Gaussian>(scales, rho),
          [=](Stream& stream) {
            Vector z(3);
            for (Eigen::Index i = 0; i < 3; ++i)
              z[i] = i == 0 ? stream.normal() : rho * z[i - 1] + innovation * stream.normal();
            return Vector(scales.cwiseProduct(z));
          },
          [=](const Vector& q) {
            const Vector z = q.cwiseQuotient(scales);
            return Vector{{normal_distribution(z[0]), normal_distribution((z[1] - rho * z[0]) / innovation),
                           normal_distribution((z[2] - rho * z[1]) / innovation)}};
          }};
}

// Student's t with 5 degrees of freedom: gradients vanish far out.
ExactTarget heavy_tail() {
  return {std::make_unique<tests::FunctionDensity>(1,
                                                   [](const Vector& q, Vector& gradient) {
                                                     gradient[0] = -6.0 * q[0] / (5.0 + q[0] * q[0]);
                                                     return -3.0 * std::log1p(q[0] * q[0] / 5.0);
                                                   }),
          [](Stream& stream) {
            double chi_squared = 0.0;
            for (int i = 0; i < 5; ++i) chi_squared += std::pow(stream.normal(), 2);
            return Vector(Vector::Constant(1, stream.normal() / std::sqrt(chi_squared / 5.0)));
          },
          [](const Vector& q) {
            const double angle = std::atan(q[0] / std::sqrt(5.0));
            const double c = std::cos(angle);
            const double u = 0.5 + (angle + std::sin(angle) * (c + 2.0 / 3.0 * c * c * c)) / std::numbers::pi;
            return Vector(Vector::Constant(1, u));
          }};
}

// x ~ N(0, 3), y ~ N(x^2 / 5, 1).
ExactTarget banana() {
  return {std::make_unique<tests::FunctionDensity>(2,
                                                   [](const Vector& q, Vector& gradient) {
                                                     const double residual = q[1] - 0.2 * q[0] * q[0];
                                                     gradient[0] = -q[0] / 9.0 + 0.4 * q[0] * residual;
                                                     gradient[1] = -residual;
                                                     return -q[0] * q[0] / 18.0 - 0.5 * residual * residual;
                                                   }),
          [](Stream& stream) {
            const double x = 3.0 * stream.normal();
            return Vector{{x, 0.2 * x * x + stream.normal()}};
          },
          [](const Vector& q) {
            return Vector{{normal_distribution(q[0] / 3.0), normal_distribution(q[1] - 0.2 * q[0] * q[0])}};
          }};
}

// Largest |z| of all tests that (n, D) numbers are independent and uniform.
double worst_z(const Matrix& u) {
  const double root_n = std::sqrt(static_cast<double>(u.rows()));
  double worst = 0.0;
  const auto test = [&](const auto& values, double mean, double variance) {
    worst = std::max(worst, std::abs(values.mean() - mean) * root_n / std::sqrt(variance));
  };
  for (Eigen::Index j = 0; j < u.cols(); ++j) {
    const auto centred = u.col(j).array() - 0.5;
    test(centred, 0.0, 1.0 / 12.0);
    test(centred.square(), 1.0 / 12.0, 1.0 / 180.0);
    for (const double p : {0.02, 0.5, 0.98}) test((u.col(j).array() < p).cast<double>(), p, p * (1.0 - p));
    for (Eigen::Index k = 0; k < j; ++k) test(centred * (u.col(k).array() - 0.5), 0.0, 1.0 / 144.0);
  }
  return worst;
}

double worst_z_after_one_transition(const ExactTarget& target, const Matrix& inverse_metric, double step) {
  Stream stream({.seed = 2024}, Purpose::chain);
  const Eigen::Index dimension = target.density->dimension();
  Hamiltonian system(*target.density, *InverseMetric::factorise(inverse_metric));
  Trajectory trajectory(dimension, 10);
  Matrix uniforms(PRAESEPE_STARTS, dimension);
  State state{Vector(dimension), Vector(dimension), 0.0};
  for (Eigen::Index i = 0; i < uniforms.rows(); ++i) {
    state.position = target.draw(stream);
    state.lp = target.density->log_density(state.position, state.gradient);
    system.start(state, stream, trajectory.start());
    trajectory.run(system, step, stream);
    uniforms.row(i) = target.uniforms(trajectory.accepted().position);
  }
  return worst_z(uniforms);
}

constexpr double kLimit = 4.7;

// Steps are large: acceptance 0.6 to 0.9, so that errors of the weights would show.
TEST(OneTransition, LeavesACorrelatedGaussianInvariant) {
  const ExactTarget target = correlated_gaussian();
  EXPECT_LT(worst_z_after_one_transition(target, Matrix::Ones(3, 1), 0.06), kLimit) << "unit metric";
  EXPECT_LT(worst_z_after_one_transition(target, Vector{{0.01, 1.0, 100.0}}, 0.4), kLimit) << "diagonal metric";
  Matrix dense = Matrix::Identity(3, 3);
  dense << 0.01, 0.08, 0.5, 0.08, 1.0, 8.0, 0.5, 8.0, 100.0;
  EXPECT_LT(worst_z_after_one_transition(target, dense, 1.0), kLimit) << "dense metric";
}

TEST(OneTransition, LeavesAHeavyTailInvariant) {
  for (const double step : {0.7, 2.0})
    EXPECT_LT(worst_z_after_one_transition(heavy_tail(), Matrix::Ones(1, 1), step), kLimit) << step;
}

TEST(OneTransition, LeavesABananaInvariant) {
  Matrix dense(2, 2);
  dense << 9.0, 2.0, 2.0, 5.0;
  EXPECT_LT(worst_z_after_one_transition(banana(), Matrix::Ones(2, 1), 0.6), kLimit) << "unit metric";
  EXPECT_LT(worst_z_after_one_transition(banana(), dense, 0.4), kLimit) << "dense metric";
}

TEST(OneTransition, IsTestedBySomethingThatSeesFivePercent) {
  Stream stream({.seed = 1}, Purpose::chain);
  Matrix u(PRAESEPE_STARTS, 1);
  for (double& value : u.reshaped()) value = std::pow(stream.uniform(), 1.05);
  EXPECT_GT(worst_z(u), kLimit) << "a power of 1.05 instead of 1 must show";
}

}  // namespace
}  // namespace praesepe::infer::nuts
