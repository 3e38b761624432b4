#include "sim/mixture/partial_correlations.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/random/stream.hpp"

namespace praesepe::sim::mixture {
namespace {

SmallMatrix random_partials(Eigen::Index n, double largest, random::Stream& stream) {
  SmallMatrix z = SmallMatrix::Zero(n, n);
  for (Eigen::Index i = 1; i < n; ++i) {
    for (Eigen::Index j = 0; j < i; ++j) z(i, j) = stream.uniform(-largest, largest);
  }
  return z;
}

TEST(PartialCorrelations, MakeCorrelationMatricesAndComeBack) {
  random::Stream stream({1, 0, 0}, random::Purpose::latents);
  for (const double largest : {0.3, 0.99, 0.99999}) {
    const SmallMatrix z = random_partials(8, largest, stream), L = correlation_factor(z);
    EXPECT_LT((SmallMatrix(L * L.transpose()).diagonal().array() - 1.0).abs().maxCoeff(), 1e-14);
    EXPECT_LT((partial_correlations(L) - z).cwiseAbs().maxCoeff(), 1e-8) << largest;
  }
}

TEST(PartialCorrelations, AreThoseOfStatistics) {
  // z_21: the correlation of 1 and 2 with 0 held, (r12 - r01 r02) / ((1 - r01^2) (1 - r02^2))^(1/2)
  SmallMatrix z = SmallMatrix::Zero(3, 3);
  z(1, 0) = 0.6;
  z(2, 0) = -0.3;
  z(2, 1) = 0.8;
  const SmallMatrix L = correlation_factor(z), R = L * L.transpose();
  EXPECT_DOUBLE_EQ(R(1, 0), 0.6);
  EXPECT_DOUBLE_EQ(R(2, 0), -0.3);
  EXPECT_NEAR((R(2, 1) - 0.6 * -0.3) / std::sqrt((1.0 - 0.36) * (1.0 - 0.09)), 0.8, 1e-14);
}

TEST(PartialCorrelations, GradientAgreesWithDifferences) {
  random::Stream stream({2, 0, 0}, random::Purpose::latents);
  const SmallMatrix z = random_partials(5, 0.95, stream);
  SmallMatrix adjoint = SmallMatrix::Zero(5, 5);
  for (Eigen::Index i = 0; i < 5; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) adjoint(i, j) = stream.normal();
  }
  const SmallMatrix gradient = correlation_factor_pull_back(z, adjoint);
  for (Eigen::Index i = 1; i < 5; ++i) {
    for (Eigen::Index j = 0; j < i; ++j) {
      const double h = 1e-6;
      SmallMatrix up = z, down = z;
      up(i, j) += h;
      down(i, j) -= h;
      const SmallMatrix difference = (correlation_factor(up) - correlation_factor(down)) / (2.0 * h);
      EXPECT_NEAR(gradient(i, j), difference.cwiseProduct(adjoint).sum(), 1e-7);
    }
  }
}

TEST(PartialCorrelations, AreUniformCorrelationMatricesForEtaOne) {
  // Joe (2006): under LKJ(eta) every correlation of n variables is Beta(b, b) on (-1, 1) with b = eta + (n - 2) / 2.
  EXPECT_DOUBLE_EQ(lkj_shape(1.0, 2, 0), 1.0);
  EXPECT_DOUBLE_EQ(lkj_shape(1.0, 3, 0), 1.5);
  EXPECT_DOUBLE_EQ(lkj_shape(1.0, 3, 1), 1.0);
  EXPECT_DOUBLE_EQ(lkj_shape(2.0, 8, 6), 2.0);
}

}  // namespace
}  // namespace praesepe::sim::mixture
