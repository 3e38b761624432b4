#include "infer/nuts/regions.hpp"

#include <gtest/gtest.h>

#include "tests/support/densities.hpp"

namespace praesepe::infer::nuts {
namespace {

/// Two chains that together walk evenly along the first axis from 0 to 1, the second coordinate being twice the square
/// of the first.
std::vector<Draws> parabola(Eigen::Index draws) {
  std::vector<Draws> chains(2);
  for (std::size_t c = 0; c < 2; ++c) {
    chains[c].resize(draws, 2);
    for (Eigen::Index i = 0; i < draws; ++i) {
      const double x =
          (2.0 * static_cast<double>(i) + static_cast<double>(c) + 0.5) / (2.0 * static_cast<double>(draws));
      chains[c].position.row(i) << x, 2.0 * x * x;
    }
  }
  return chains;
}

double share(const Mode& region) { return std::exp(region.log_evidence); }

TEST(Regions, CutFewDrawsIntoThirdsAlongTheRidge) {
  auto regions = regions_along_ridge(parabola(60));
  ASSERT_EQ(regions.size(), 3u);
  if (regions.front().position[0] > regions.back().position[0]) std::reverse(regions.begin(), regions.end());
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(share(regions[k]), 1.0 / 3.0, 1e-12);
    EXPECT_NEAR(regions[k].position[0], (static_cast<double>(k) + 0.5) / 3.0, 1e-12);
    EXPECT_NEAR(regions[k].covariance(0, 0), 1.0 / 108.0, 0.05 / 108.0);  // of an even stretch of length 1/3
  }
}

TEST(Regions, GiveTheEndsOfManyDrawsPiecesOfTheirOwn) {
  const auto regions = regions_along_ridge(parabola(1000));
  ASSERT_EQ(regions.size(), 5u);
  Vector mean = Vector::Zero(2);
  double total = 0.0;
  for (const Mode& region : regions) {
    mean += share(region) * region.position;
    total += share(region);
  }
  EXPECT_NEAR(total, 1.0, 1e-12);
  EXPECT_NEAR(share(regions.front()), 0.1, 1e-12);
  EXPECT_NEAR(share(regions.back()), 0.1, 1e-12);
  EXPECT_NEAR(mean[0], 0.5, 1e-12);
  EXPECT_NEAR(mean[1], 2.0 / 3.0, 1e-6);
}

TEST(Regions, LeaveOutAPieceInWhichChainsStoodStill) {
  auto chains = parabola(60);
  for (Draws& chain : chains) chain.position.topRows(20).rowwise() = Eigen::RowVector2d(0.1, 0.02);
  const auto regions = regions_along_ridge(chains);
  ASSERT_EQ(regions.size(), 2u);
  for (const Mode& region : regions) EXPECT_GT(region.position[0], 0.3);
}

TEST(Regions, OfAChainThatDidNotMoveBorrowACovariance) {
  const tests::DenseGaussian target(Matrix::Identity(2, 2));
  Draws chain;
  chain.resize(10, 2);
  chain.position.rowwise() = Eigen::RowVector2d(1.0, -2.0);
  const Matrix fallback = 3.0 * Matrix::Identity(2, 2);
  const Mode region = region_of(target, chain, fallback);
  EXPECT_EQ(region.covariance, fallback);
  EXPECT_EQ(region.position, Vector(Eigen::Vector2d(1.0, -2.0)));
  Vector gradient(2);
  EXPECT_EQ(region.lp, target.log_density(region.position, gradient));
}

}  // namespace
}  // namespace praesepe::infer::nuts
