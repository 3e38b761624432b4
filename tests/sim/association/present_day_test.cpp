#include "sim/association/present_day.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <map>
#include <numbers>

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

TEST(PresentDay, HasTheSlopesThatDifferencesFind) {
  const EpicyclicOrbit orbit;
  Matrix6 root = Matrix6::Identity();  // some ellipsoid, with correlations
  root.diagonal() << 30.0, 20.0, 10.0, 1.0, 2.0, 1.5;
  root.row(3) << 0.4, -0.3, 0.2, 1.0, 0.3, -0.5;
  const Gaussian6 birth{.mean = state(-47.3, 80.0, -6.2, 1.74, -5.0, -0.66), .covariance = root * root.transpose()};
  for (const double age : {1e-3, 20.0, 120.0}) {
    const PresentDaySlopes found = present_day_slopes(orbit, birth, age);
    const Gaussian6 now = present_day(orbit, birth, age);
    EXPECT_LT((found.now.mean - now.mean).norm(), 1e-11);
    EXPECT_LT(covariance_difference(found.now.covariance, now.covariance), 1e-14);
    const auto shifted = [&](const Vector6& shift, double later) {
      return present_day(orbit, {.mean = birth.mean + shift, .covariance = birth.covariance}, age + later);
    };
    // In units of sqrt(C_ii C_jj), like the covariance itself.
    const auto slope_error = [&](const Matrix6& slope, const Matrix6& expected) {
      return covariance_difference(now.covariance + slope, now.covariance + expected);
    };
    for (int k = 0; k < 6; ++k) {
      const double h = k < 3 ? 2.0 : 0.2;
      const Vector6 by_mean =
          central_difference([&](double step) { return shifted(step * Vector6::Unit(k), 0.0).mean; }, h);
      EXPECT_LT((found.mean_by_birth.col(k) - by_mean).norm(), 1e-9 * (1.0 + by_mean.norm()));
      const Matrix6 by_birth =
          central_difference([&](double step) { return shifted(step * Vector6::Unit(k), 0.0).covariance; }, h);
      EXPECT_LT(slope_error(found.covariance_by_birth[static_cast<std::size_t>(k)], by_birth), 1e-10);
    }
    const Vector6 mean_by_age = central_difference([&](double h) { return shifted(Vector6::Zero(), h).mean; }, 0.1);
    EXPECT_LT((found.mean_by_age - mean_by_age).norm(), 1e-9);
    const Matrix6 by_age = central_difference([&](double h) { return shifted(Vector6::Zero(), h).covariance; }, 0.1);
    EXPECT_LT(slope_error(found.covariance_by_age, by_age), 1e-9);
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
