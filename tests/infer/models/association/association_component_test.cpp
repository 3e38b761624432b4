#include "infer/models/association/association_component.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "sim/association/present_day.hpp"
#include "tests/infer/models/association/example_stars.hpp"
#include "tests/infer/models/field/example_stars.hpp"
#include "tests/sim/association/phase_space_checks.hpp"

namespace praesepe::infer::models::association {
namespace {

using density::Array;
using density::Vector;

// Not in the order of the formulas, and with a stranger in front.
constexpr AssociationComponent::Indices kIndices{.mean = 3, .birth = {.sd = {2, 2, 2, 9, 9, 9}}, .age = 1};

Vector theta_of(const Vector6& mean, double dxyz, double duvw, double age) {
  Vector theta(10);
  theta << 77.0, age, dxyz, mean, duvw;
  return theta;
}

/// All numbers of the reference's stars, its name for `dec` and so on being Gaia's.
StarStates reference_stars(const tests::ReferenceTable& table) {
  sim::astrometry::Catalogue stars(table.rows.size());
  for (const auto& [name, cell] : table.rows.front()) {
    if (name == "id" || name.starts_with("cov_") || name.size() == 1) continue;
    std::vector<double> values;
    for (std::size_t row = 0; row < table.rows.size(); ++row) values.push_back(table.number(row, name));
    stars.add(name, "", std::move(values));
  }
  return read_star_states(stars, sim::association::johnson_soderblom_frame());
}

TEST(AssociationComponent, HasChronostarsOverlapsWithStars) {
  const auto table = tests::read_reference("chronostar_astro2cart.csv");
  const auto births = tests::read_reference("chronostar_projection_A.csv");
  const auto overlaps = tests::read_reference("chronostar_overlap.csv");
  ASSERT_EQ(overlaps.rows.size(), 25u);
  const EpicyclicOrbit orbit(sim::association::chronostar_constants());
  const AssociationComponent component(std::make_shared<const StarStates>(reference_stars(table)), kIndices,
                                       Orbits::linear, orbit);
  std::map<std::string, Eigen::Index> star_of_id;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    star_of_id[table.rows[row].at("id")] = static_cast<Eigen::Index>(row);
  }
  std::map<std::string, Array> values_of_age;
  for (std::size_t row = 0; row < births.rows.size(); ++row) {
    const double age = births.number(row, "age");
    const Vector6 now = orbit.trace(sim::association::read_state(births, row, "birth_"), age);
    component.log_marginal(theta_of(now, births.number(row, "dxyz"), births.number(row, "duvw"), age),
                           values_of_age[births.rows[row].at("age")]);
  }
  for (std::size_t row = 0; row < overlaps.rows.size(); ++row) {
    const double expected = overlaps.number(row, "ln_overlap");
    const double found = values_of_age.at(overlaps.rows[row].at("age"))[star_of_id.at(overlaps.rows[row].at("id"))];
    EXPECT_NEAR(found, expected, 1e-8 * std::abs(expected)) << "row " << row;
  }
}

class OnBothOrbits : public testing::TestWithParam<Orbits> {};

TEST_P(OnBothOrbits, HasTheGradientThatDifferencesFind) {
  Vector unit(10);
  unit << 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 0.2, 0.2, 0.2, 0.1;
  for (const double age : {1.0, 20.0, 80.0, 150.0}) {
    const Gaussian6 now = aged_ellipsoid(EpicyclicOrbit(), example_mean(), sphere_factor(10.0, 1.0), age).now;
    // Beside the truth, so that no entry is small by itself.
    const Vector theta = theta_of(example_mean() + Vector6(3.0, -4.0, 2.0, 0.3, 0.2, -0.3), 12.0, 0.8, 1.1 * age);
    for (const double error_scale : {1.0, 30.0}) {  // distances as good as known, and open
      const AssociationComponent component(std::make_shared<const StarStates>(example_stars(now, 13, error_scale)),
                                           kIndices, GetParam());
      const double tolerance = error_scale > 1.0 ? 1e-5 : 1e-8;  // gradients of the integral, not of the rule
      EXPECT_TRUE(tests::check_gradient(in_units(field::weighted_sum(component), theta, unit), Vector::Zero(10),
                                        tolerance, Vector::Constant(1, 0.05)))
          << "age " << age << ", errors times " << error_scale;
    }
  }
}

TEST_P(OnBothOrbits, HasTheGradientOfFreeBirths) {
  Vector theta(28), unit(28);
  theta << example_mean(), 12.0, 9.0, 15.0, 0.8, 1.0, 0.6, Vector::Constant(15, 0.3), 40.0;
  unit << 1.0, 1.0, 1.0, 0.2, 0.2, 0.2, 2.0, 2.0, 2.0, 0.1, 0.1, 0.1, Vector::Constant(15, 0.1), 2.0;
  const Gaussian6 now = aged_ellipsoid(EpicyclicOrbit(), example_mean(), sphere_factor(10.0, 1.0), 30.0).now;
  const AssociationComponent component(std::make_shared<const StarStates>(example_stars(now, 13)),
                                       {.mean = 0, .birth = axes(6, 12), .age = 27}, GetParam());
  EXPECT_TRUE(tests::check_gradient(in_units(field::weighted_sum(component), theta, unit), Vector::Zero(28), 1e-8,
                                    Vector::Constant(1, 0.05)));
}

// False alarms: 6e-5, nine scores beyond 4.5 standard errors. Fails where the errors are taken 20 % too small.
TEST_P(OnBothOrbits, HasScoresOfMeanZeroAtTheTruth) {
  constexpr int kStars = 3000;
  const Gaussian6 now = aged_ellipsoid(EpicyclicOrbit(), example_mean(), sphere_factor(0.5, 0.05), 20.0).now;
  const Matrix6 errors = 4.0 * example_errors(0.05), root = errors.llt().matrixL();
  sim::random::Stream rng({.seed = 12}, sim::random::Purpose::noise);
  std::vector<StarState> states;
  for (auto star : example_icrs(now, kStars)) {
    Vector6 e;
    for (double& value : e) value = rng.normal();
    e = root * e;
    star.ra += e[0] / (sim::astrometry::kMasPerDeg * std::cos(sim::astrometry::kRadPerDeg * star.dec));
    star.dec += e[1] / sim::astrometry::kMasPerDeg;
    star.parallax += e[2];
    star.pmra += e[3];
    star.pmdec += e[4];
    star.radial_velocity += e[5];  // NaN stays NaN
    states.push_back(star_state(star, errors, {}));
  }
  const AssociationComponent component(std::make_shared<const StarStates>(std::move(states)), kIndices, GetParam());
  const Vector theta = theta_of(example_mean(), 0.5, 0.05, 20.0);
  Array values;
  component.log_marginal(theta, values);
  Array sum = Array::Zero(10), squares = Array::Zero(10);
  for (int n = 0; n < kStars; ++n) {
    Vector score = Vector::Zero(10);
    component.pull_back(theta, Vector::Unit(kStars, n).array(), score);
    sum += score.array();
    squares += score.array().square();
  }
  EXPECT_LT((sum / squares.sqrt()).tail(9).abs().maxCoeff(), 4.5) << sum / squares.sqrt();
}

TEST_P(OnBothOrbits, AddsToTheGradientAndOnlyForStarsWithWeight) {
  const AssociationComponent component(std::make_shared<const StarStates>(example_stars(example_group(), 5)), kIndices,
                                       GetParam());
  const Vector theta = theta_of(example_mean(), 12.0, 0.8, 15.0);
  Array values;
  component.log_marginal(theta, values);
  Vector gradient = Vector::Constant(10, 5.0);
  component.pull_back(theta, Array::Zero(5), gradient);
  EXPECT_EQ(gradient, Vector::Constant(10, 5.0));
}

INSTANTIATE_TEST_SUITE_P(AssociationComponent, OnBothOrbits, testing::Values(Orbits::linear, Orbits::own),
                         [](const auto& orbits) { return orbits.param == Orbits::linear ? "linear" : "own"; });

}  // namespace
}  // namespace praesepe::infer::models::association
