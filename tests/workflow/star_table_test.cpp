#include "workflow/star_table.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace praesepe::workflow {
namespace {

/// Two stars; 101 draws of the latents: places as measured, the distance of the first star known in every draw, that of
/// the second in none.
store::TaskResult example() {
  store::TaskResult result;
  const Eigen::VectorXd ramp = Eigen::VectorXd::LinSpaced(101, 1.0, 2.0);
  Eigen::MatrixXd place(101, 2), distance(101, 2);
  place.col(0).setConstant(60.0);
  place.col(1).setConstant(61.0);
  distance.col(0) = ramp.reverse();
  distance.col(1).setConstant(NAN);
  result.latents = store::Latents{{"ra", "distance"}, {"deg", "kpc"}, {place, distance}};
  result.membership = store::Membership{
      {"cluster", "field"}, Eigen::MatrixXd{{0.75, 0.25}, {0.0, 1.0}}, Eigen::MatrixXd{{0.01, 0.01}, {0.0, 0.0}}, {}};
  return result;
}

sim::astrometry::Catalogue stars() {
  sim::astrometry::Catalogue catalogue(2);
  catalogue.add("ra", "deg", {60.0, 61.0});
  return catalogue;
}

TEST(StarTable, HoldsMembershipsAndQuantilesBesideWhatWasMeasured) {
  const auto table = star_table(stars(), example());
  EXPECT_EQ(table["ra"], (std::vector<double>{60.0, 61.0}));
  EXPECT_EQ(table["p_cluster"], (std::vector<double>{0.75, 0.0}));
  EXPECT_EQ(table["p_field_mcse"], (std::vector<double>{0.01, 0.0}));
  EXPECT_NEAR(table["distance_q16"][0], 1.16, 1e-12);
  EXPECT_NEAR(table["distance_median"][0], 1.5, 1e-12);
  EXPECT_NEAR(table["distance_q84"][0], 1.84, 1e-12);
  EXPECT_TRUE(std::isnan(table["distance_median"][1]));
  EXPECT_FALSE(table.has("ra_median"));
}

TEST(StarTable, TakesThePlaceOfAnEarlierOne) {
  sim::astrometry::Catalogue again = stars();
  again.add("p_cluster", "", {0.1, 0.2});
  again.source_id = {7, 8};
  const auto table = star_table(again, example());
  EXPECT_EQ(table["p_cluster"], (std::vector<double>{0.75, 0.0}));
  EXPECT_EQ(table.source_id, (std::vector<std::int64_t>{7, 8}));
}

TEST(StarTable, IsTheCatalogueWhereNothingIsKnownOfTheStars) {
  EXPECT_EQ(star_table(stars(), {}).columns().size(), 1U);
}

}  // namespace
}  // namespace praesepe::workflow
