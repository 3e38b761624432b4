#include "sim/association/present_day.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <map>
#include <numbers>

#include "sim/association/epicyclic_orbit.hpp"
#include "sim/association/integrated_orbit.hpp"
#include "tests/sim/association/phase_space_checks.hpp"

namespace praesepe::sim::association {
namespace {

const EpicyclicOrbit kChronostar(chronostar_constants());

Gaussian6 read_present_day(const tests::ReferenceTable& table, std::size_t row) {
  return {.mean = read_state(table, row, "now_"), .covariance = read_covariance(table, row, "cov_")};
}

Gaussian6 computed_present_day(const tests::ReferenceTable& table, std::size_t row) {
  const Gaussian6 birth =
      birth_sphere(read_state(table, row, "birth_"), table.number(row, "dxyz"), table.number(row, "duvw"));
  return present_day(kChronostar, birth, table.number(row, "age"));
}

/// ln of the integral of the product of two Gaussians.
double log_overlap(const Gaussian6& a, const Gaussian6& b) {
  const Eigen::LLT<Matrix6> root(a.covariance + b.covariance);
  const double log_determinant = 2.0 * root.matrixLLT().diagonal().array().log().sum();
  return -0.5 * (6.0 * std::log(2.0 * std::numbers::pi) + log_determinant +
                 root.matrixL().solve(a.mean - b.mean).squaredNorm());
}

// The reference has J by central differences of 1e-3 pc and km/s.
TEST(PresentDay, AgreesWithChronostar) {
  const auto table = tests::read_reference("chronostar_projection_A.csv");
  ASSERT_EQ(table.rows.size(), 5u);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Gaussian6 found = computed_present_day(table, row), expected = read_present_day(table, row);
    EXPECT_LT((found.mean - expected.mean).cwiseAbs().maxCoeff(), 1e-8) << "row " << row;
    EXPECT_LT(covariance_difference(found.covariance, expected.covariance), 1e-9) << "row " << row;
  }
}

TEST(PresentDay, HasChronostarsOverlapsWithStars) {
  const auto overlaps = tests::read_reference("chronostar_overlap.csv");
  const auto stars = tests::read_reference("chronostar_astro2cart.csv");
  const auto projections = tests::read_reference("chronostar_projection_A.csv");
  ASSERT_EQ(overlaps.rows.size(), 25u);
  std::map<std::string, Gaussian6> star_of_id;
  for (std::size_t row = 0; row < stars.rows.size(); ++row) {
    star_of_id[stars.rows[row].at("id")] = {.mean = read_state(stars, row, ""),
                                            .covariance = read_covariance(stars, row, "cov_mas_")};
  }
  std::map<std::string, std::size_t> row_of_age;
  for (std::size_t row = 0; row < projections.rows.size(); ++row) row_of_age[projections.rows[row].at("age")] = row;
  for (std::size_t row = 0; row < overlaps.rows.size(); ++row) {
    const Gaussian6& star = star_of_id.at(overlaps.rows[row].at("id"));
    const std::size_t component = row_of_age.at(overlaps.rows[row].at("age"));
    const double expected = overlaps.number(row, "ln_overlap");
    EXPECT_NEAR(log_overlap(star, read_present_day(projections, component)), expected, 1e-10 * std::abs(expected))
        << "row " << row;
    EXPECT_NEAR(log_overlap(star, computed_present_day(projections, component)), expected, 1e-8 * std::abs(expected))
        << "row " << row;
  }
}

TEST(PresentDay, IsThatOfTheIntegratedOrbitForASmallAssociationNearby) {
  const Gaussian6 birth = birth_sphere(state(-20.0, 10.0, -6.0, 1.0, -0.5, -0.6), 10.0, 1.0);
  const Gaussian6 epicycle = present_day(EpicyclicOrbit(), birth, 30.0);
  const Gaussian6 integrated = present_day(IntegratedOrbit(), birth, 30.0);
  // Measured: 0.09 pc, second order in the excursion of 30 pc; 1.4 %, first order.
  EXPECT_LT((epicycle.mean - integrated.mean).norm(), 0.12);
  EXPECT_LT(covariance_difference(epicycle.covariance, integrated.covariance), 0.02);
}

}  // namespace
}  // namespace praesepe::sim::association
