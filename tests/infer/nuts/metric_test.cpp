#include "infer/nuts/metric.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "sim/random/stream.hpp"
#include "tests/support/densities.hpp"

namespace praesepe::infer::nuts {
namespace {

using sim::random::Purpose;
using sim::random::Stream;

struct Sample {
  Matrix draws, gradients;
};

// Any points at all with the gradients of N(0, P^-1) there.
Sample points(const Matrix& precision, Eigen::Index n, const Vector& spread, std::uint64_t seed = 1) {
  Stream stream({.seed = seed}, Purpose::chain);
  Matrix draws(n, precision.rows());
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < draws.cols(); ++j) draws(i, j) = 3.0 + spread[j] * stream.normal();
  return {draws, -draws * precision};
}

// Scales from 1e-2 to 1e2, neighbours correlated by 0.999.
Matrix difficult_precision() {
  const Vector scales{{1e-2, 1e-1, 1.0, 1e1, 1e2}};
  return tests::Ar1Gaussian(scales, 0.999).precision();
}

double worst_relative_error(const Matrix& estimate, const Matrix& exact) {
  const Vector sd = exact.diagonal().cwiseSqrt();
  return ((estimate - exact).array() / (sd * sd.transpose()).array()).abs().maxCoeff();
}

TEST(FisherMetric, IsExactForAGaussianAfterOneDrawMoreThanDimensions) {
  const Matrix precision = difficult_precision();
  const Sample sample = points(precision, 6, Vector{{1e-2, 1e-1, 1.0, 1e1, 1e2}});
  const auto metric = fisher_metric(MetricKind::dense, sample.draws, sample.gradients);
  ASSERT_TRUE(metric);
  EXPECT_LT(worst_relative_error(metric->matrix(), precision.inverse()), 1e-5);
}

TEST(FisherMetric, ComparesTheSpreadOfDrawsAndGradientsByCoordinate) {
  const Matrix precision = Vector{{1e8, 1.0, 1e-8}}.asDiagonal();
  const Sample sample = points(precision, 4, Vector{{1e-2, 5.0, 1e3}});
  for (const MetricKind kind : {MetricKind::diagonal, MetricKind::dense}) {
    const auto metric = fisher_metric(kind, sample.draws, sample.gradients);
    ASSERT_TRUE(metric);
    const Matrix expected =
        kind == MetricKind::diagonal ? Matrix(precision.diagonal().cwiseInverse()) : Matrix(precision.inverse());
    EXPECT_EQ(metric->kind(), kind);
    EXPECT_LT((metric->matrix() - expected).norm(), 1e-6 * expected.norm());
    EXPECT_NEAR(metric->matrix()(0, 0), 1e-8, 1e-14);
  }
}

TEST(FisherMetric, IsDiagonalWhileDrawsAreFewerThanDimensions) {
  const Sample sample = points(difficult_precision(), 5, Vector::Ones(5));
  const auto metric = fisher_metric(MetricKind::dense, sample.draws, sample.gradients);
  ASSERT_TRUE(metric);
  EXPECT_EQ(metric->kind(), MetricKind::diagonal);
}

TEST(FisherMetric, RefusesWhatGivesNoFinitePositiveMatrix) {
  const Matrix identity = Matrix::Identity(2, 2);
  for (const MetricKind kind : {MetricKind::diagonal, MetricKind::dense}) {
    const Sample good = points(identity, 10, Vector::Ones(2));
    EXPECT_TRUE(fisher_metric(kind, good.draws, good.gradients));
    EXPECT_FALSE(fisher_metric(kind, good.draws.topRows(2), good.gradients.topRows(2))) << "two draws";
    Sample bad = good;
    bad.draws.col(1).setConstant(4.0);
    EXPECT_FALSE(fisher_metric(kind, bad.draws, bad.gradients)) << "a coordinate that never changes";
    bad = good;
    bad.gradients.col(0).setZero();
    EXPECT_FALSE(fisher_metric(kind, bad.draws, bad.gradients)) << "a flat coordinate";
    bad = good;
    bad.gradients(3, 1) = std::nan("");
    EXPECT_FALSE(fisher_metric(kind, bad.draws, bad.gradients)) << "a gradient that is no number";
    bad = good;
    bad.gradients *= 1e200;
    EXPECT_FALSE(fisher_metric(kind, bad.draws, bad.gradients)) << "squares overflow";
  }
}

TEST(InverseMetric, FactorReproducesTheMatrix) {
  const Matrix matrix = difficult_precision().inverse();
  const Matrix symmetric = 0.5 * (matrix + matrix.transpose());
  const auto metric = InverseMetric::factorise(symmetric);
  ASSERT_TRUE(metric);
  const Vector g{{300.0, -20.0, 5.0, 0.1, 0.02}};
  Vector f(5), q = Vector::Ones(5);
  metric->whiten(g, f);
  metric->add_scaled(0.5, f, q);  // 1 + L L' g / 2
  const Vector expected = Vector::Ones(5) + 0.5 * symmetric * g;
  EXPECT_LT((q - expected).cwiseQuotient(expected).cwiseAbs().maxCoeff(), 1e-10);
}

TEST(InverseMetric, RefusesWhatIsNotPositive) {
  EXPECT_FALSE(InverseMetric::factorise(Vector{{1.0, 0.0}}));
  EXPECT_FALSE(InverseMetric::factorise(Vector{{1.0, std::nan("")}}));
  Matrix indefinite(2, 2);
  indefinite << 1.0, 2.0, 2.0, 1.0;
  EXPECT_FALSE(InverseMetric::factorise(indefinite));
}

}  // namespace
}  // namespace praesepe::infer::nuts
