#include "sim/association/galactic_frame.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <array>
#include <cmath>
#include <string>

#include "sim/random/stream.hpp"
#include "tests/sim/association/phase_space_checks.hpp"

namespace praesepe::sim::association {
namespace {

using astrometry::Icrs6;

Icrs6 read_star(const tests::ReferenceTable& table, std::size_t row) {
  return {.ra = table.number(row, "ra"),
          .dec = table.number(row, "dec"),
          .parallax = table.number(row, "parallax"),
          .pmra = table.number(row, "pmra"),
          .pmdec = table.number(row, "pmdec"),
          .radial_velocity = table.number(row, "radial_velocity")};
}

/// Errors and correlations as they stand in the table; those with the radial velocity are 0.
Matrix6 read_errors(const tests::ReferenceTable& table, std::size_t row) {
  const std::array<std::string, 6> names = {"ra", "dec", "parallax", "pmra", "pmdec", "radial_velocity"};
  Matrix6 covariance = Matrix6::Zero();
  for (int i = 0; i < 6; ++i) {
    const auto& a = names[static_cast<std::size_t>(i)];
    const double error = table.number(row, a + "_error");
    covariance(i, i) = error * error;
    for (int j = i + 1; j < 5; ++j) {
      const auto& b = names[static_cast<std::size_t>(j)];
      covariance(i, j) = covariance(j, i) =
          error * table.number(row, b + "_error") * table.number(row, a + "_" + b + "_corr");
    }
  }
  return covariance;
}

Icrs6 star_of(const Vector6& x) {
  return {.ra = x[0], .dec = x[1], .parallax = x[2], .pmra = x[3], .pmdec = x[4], .radial_velocity = x[5]};
}

TEST(GalacticFrame, HasTheRotationThatGaiaPrints) {
  // Documentation of Gaia DR3, sect. 4.1.7.
  Eigen::Matrix3d printed;
  printed << -0.0548755604162154, -0.8734370902348850, -0.4838350155487132,  //
      0.4941094278755837, -0.4448296299600112, 0.7469822444972189,           //
      -0.8676661490190047, -0.1980763734312015, 0.4559837761750669;
  EXPECT_LT((GalacticFrame().rotation - printed).cwiseAbs().maxCoeff(), 1e-15);
}

TEST(GalacticFrame, PutsAStarAtRestBesideTheSunIntoTheSunsPlace) {
  const GalacticFrame frame;
  const Vector6 found = to_lsr({.ra = 10.0, .dec = 20.0, .parallax = 1e15}, frame);
  EXPECT_LT((found - state(0.0, 0.0, 25.0, 11.1, 12.24, 7.25)).cwiseAbs().maxCoeff(), 1e-11);
}

TEST(GalacticFrame, ComesBackFromTheLocalStandardOfRest) {
  random::Stream rng({.seed = 1}, random::Purpose::latents);
  for (const GalacticFrame& frame : {GalacticFrame(), johnson_soderblom_frame()}) {
    for (int i = 0; i < 100; ++i) {
      Vector6 start;
      for (int k = 0; k < 6; ++k) start[k] = (k < 3 ? 200.0 : 20.0) * rng.normal();
      EXPECT_LT((to_lsr(to_icrs(start, frame), frame) - start).cwiseAbs().maxCoeff(), 1e-11);
    }
  }
}

TEST(GalacticFrame, AgreesWithChronostar) {
  const auto table = tests::read_reference("chronostar_astro2cart.csv");
  ASSERT_EQ(table.rows.size(), 5u);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Vector6 found = to_lsr(read_star(table, row), johnson_soderblom_frame());
    const Vector6 expected = read_state(table, row, "");
    EXPECT_LT((found - expected).cwiseAbs().maxCoeff(), 1e-9) << "row " << row;
  }
}

/// The reference has its Jacobian by central differences with steps of 1e-3. Those of 1 / parallax are off by the
/// factor 1 + (1e-3 / parallax)^2, the variances by twice as much.
double error_of_reference(const tests::ReferenceTable& table, std::size_t row) {
  return 2.0 * std::pow(1e-3 / table.number(row, "parallax"), 2);
}

TEST(GalacticFrame, CarriesGaiasErrorsAsChronostarDoesWithRightUnits) {
  const auto table = tests::read_reference("chronostar_astro2cart.csv");
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Matrix6 found = lsr_covariance(read_star(table, row), read_errors(table, row), johnson_soderblom_frame());
    EXPECT_LT(covariance_difference(found, read_covariance(table, row, "cov_mas_")),
              1.1 * error_of_reference(table, row) + 1e-9)
        << "row " << row;
  }
}

TEST(GalacticFrame, HasTheJacobianOfChronostarsWrongUnitsToo) {
  const auto table = tests::read_reference("chronostar_astro2cart.csv");
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Matrix6 jacobian = lsr_jacobian(read_star(table, row), johnson_soderblom_frame());
    const Matrix6 found = jacobian * read_errors(table, row) * jacobian.transpose();
    EXPECT_LT(covariance_difference(found, read_covariance(table, row, "cov_asis_")),
              1.1 * error_of_reference(table, row) + 1e-9)
        << "row " << row;
  }
}

TEST(GalacticFrame, HasTheJacobianThatDifferencesFind) {
  random::Stream rng({.seed = 2}, random::Purpose::latents);
  for (const GalacticFrame& frame : {GalacticFrame(), johnson_soderblom_frame()}) {
    for (int i = 0; i < 20; ++i) {
      Vector6 x;
      x << rng.uniform(0.0, 360.0), rng.uniform(-80.0, 80.0), rng.uniform(2.0, 20.0), 50.0 * rng.normal(),
          50.0 * rng.normal(), 30.0 * rng.normal();
      Vector6 steps;
      steps << 1e-2, 1e-2, 1e-2, 1.0, 1.0, 1.0;
      const Matrix6 expected =
          jacobian_by_differences([&](const Vector6& at) { return to_lsr(star_of(at), frame); }, x, steps);
      EXPECT_LT(row_difference(lsr_jacobian(star_of(x), frame), expected), 1e-9);
    }
  }
}

}  // namespace
}  // namespace praesepe::sim::association
