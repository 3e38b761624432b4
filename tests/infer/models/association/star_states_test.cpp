#include "infer/models/association/star_states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "sim/error.hpp"
#include "tests/infer/models/association/example_stars.hpp"
#include "tests/sim/association/phase_space_checks.hpp"

namespace praesepe::infer::models::association {
namespace {

using sim::association::covariance_difference;
using sim::association::GalacticFrame;
using testing::HasSubstr;

const double kNan = std::numeric_limits<double>::quiet_NaN();

sim::astrometry::Catalogue three_stars() {
  sim::astrometry::Catalogue stars(3);
  stars.add("ra", "deg", {56.0, 156.4, 300.2});
  stars.add("dec", "deg", {24.1, -63.6, 88.0});
  stars.add("parallax", "mas", {21.0, 17.0, 24.0});
  stars.add("parallax_error", "mas", {0.02, 0.3, 0.05});
  stars.add("pmra", "mas/yr", {51.0, -4.0, 56.0});
  stars.add("pmra_error", "mas/yr", {0.03, 0.4, 0.1});
  stars.add("pmdec", "mas/yr", {-82.0, 70.0, -8.9});
  stars.add("pmdec_error", "mas/yr", {0.02, 0.5, 0.1});
  stars.add("parallax_pmra_corr", "", {0.3, kNan, -0.4});
  return stars;
}

template <class Change>
std::string message(const Change& change) {
  const auto original = three_stars();
  sim::astrometry::Catalogue stars(3);
  stars.origin = "stars.csv";
  for (sim::astrometry::Column column : original.columns()) {
    change(column);
    stars.add(column.name, column.unit, column.values);
  }
  try {
    read_star_states(stars, {});
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing wrong";
}

TEST(StarStates, AreTheLsrStatesOfGaiasColumns) {
  auto stars = three_stars();
  stars.add("radial_velocity", "km/s", {7.0, -20.0, 0.0});
  stars.add("radial_velocity_error", "km/s", {0.5, 2.0, 10.0});
  stars.add("ra_error", "mas", {0.03, 0.2, 0.1});
  const GalacticFrame frame;
  const StarStates states = read_star_states(stars, frame);
  ASSERT_EQ(states.size(), 3);
  Vector6 error;
  error << 0.1, 0.0, 0.05, 0.1, 0.1, 10.0;  // of the third; dec_error is not given
  Matrix6 errors = error.cwiseAbs2().asDiagonal();
  errors(2, 3) = errors(3, 2) = -0.4 * 0.05 * 0.1;
  const sim::astrometry::Icrs6 third{.ra = 300.2, .dec = 88.0, .parallax = 24.0, .pmra = 56.0, .pmdec = -8.9};
  EXPECT_LT((states[2].state.mean - to_lsr(third, frame)).norm(), 1e-12);
  EXPECT_LT(covariance_difference(states[2].state.covariance, lsr_covariance(third, errors, frame)), 1e-14);
  EXPECT_EQ(states[2].measured(), 6);
}

TEST(StarStates, KnowNothingAlongTheLineOfSightWithoutRadialVelocity) {
  auto stars = three_stars();
  stars.add("radial_velocity", "km/s", {7.0, kNan, 12.0});
  stars.add("radial_velocity_error", "km/s", {0.5, 1.0, kNan});  // a velocity without an error is none
  const StarStates states = read_star_states(stars, {});
  EXPECT_EQ(states[0].measured(), 6);
  for (const int n : {1, 2}) {
    const StarState& star = states[n];
    EXPECT_EQ(star.measured(), 5);
    // From the Sun to the star.
    const Eigen::Vector3d direction = (star.state.mean.head<3>() - GalacticFrame().sun_position_pc).normalized();
    EXPECT_LT((star.unseen - direction).norm(), 1e-14);
    EXPECT_NEAR(star.unseen.dot(star.state.mean.tail<3>()), 0.0, 1e-12);
    EXPECT_LT((star.state.covariance.rightCols<3>() * star.unseen).norm(), 1e-14);
  }
}

TEST(StarStates, RefuseWhatHasNoDistance) {
  const auto with = [](const std::string& name, double value) {
    return message([&](sim::astrometry::Column& column) {
      if (column.name == name) column.values[1] = value;
    });
  };
  EXPECT_EQ(with("parallax", 3.0), "nothing wrong");
  EXPECT_THAT(with("parallax", -0.4), HasSubstr("stars.csv, row 2: parallax -0.4 mas is not positive"));
  EXPECT_THAT(with("parallax", 0.0), HasSubstr("stars.csv, row 2: parallax 0 mas"));
  EXPECT_THAT(with("parallax", kNan), HasSubstr("stars.csv, row 2: parallax or its error is missing"));
  EXPECT_THAT(with("pmdec_error", kNan), HasSubstr("stars.csv, row 2: pmdec or its error is missing"));
  EXPECT_THAT(with("parallax_pmra_corr", 1.2), HasSubstr("stars.csv, row 2: the correlations"));
}

}  // namespace
}  // namespace praesepe::infer::models::association
