#include "infer/models/gaussian_mixture/distance_integrand.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <array>
#include <cmath>
#include <limits>

#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"
#include "tests/infer/models/gaussian_mixture/dense.hpp"
#include "tests/infer/models/gaussian_mixture/regimes.hpp"
#include "tests/support/reference_table.hpp"

namespace praesepe::infer::models::gaussian_mixture {
namespace {

using sim::mixture::Dust;
using sim::mixture::StellarGaussian;
using sim::random::Purpose;
using sim::random::Stream;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

Eigen::Matrix3d triad_at(double ra, double dec) {
  const auto local = sim::astrometry::local_triad(ra, dec);
  Eigen::Matrix3d triad;
  triad << local.east.transpose(), local.north.transpose(), local.radial.transpose();
  return triad;
}

/// One row of tests/reference/gaussian_mixture_marginal.csv in our order of coordinates. Its k differs from ours by
/// 4e-9: velocities are scaled by the ratio, which leaves all proper motions as they were.
struct ReferenceCase {
  StellarGaussian component;
  Star star;
  Dust dust;
  double r;
  double velocity_scale = sim::astrometry::kKmsPerMasyrKpc / 4.740470446;
};

ReferenceCase reference_case(const tests::ReferenceTable& table, std::size_t row) {
  const auto number = [&](const std::string& column) { return table.number(row, column); };
  ReferenceCase result{};
  const std::array<const char*, 8> names{"ra", "dec", "r", "vx", "vy", "vz", "C", "M"};
  const std::array<int, 8> theirs{3, 4, 5, 0, 1, 2, 6, 7};
  Matrix8 covariance;
  for (std::size_t a = 0; a < 8; ++a) {
    const auto i = static_cast<Eigen::Index>(a);
    const double scale = a > 2 && a < 6 ? result.velocity_scale : 1.0;
    result.component.mean[i] = scale * number(std::string("xi_") + names[a]);
    for (std::size_t b = 0; b < 8; ++b) {
      const int low = std::min(theirs[a], theirs[b]), high = std::max(theirs[a], theirs[b]);
      const double other = b > 2 && b < 6 ? result.velocity_scale : 1.0;
      covariance(i, static_cast<Eigen::Index>(b)) =
          scale * other * number("Sig" + std::to_string(low) + std::to_string(high));
    }
  }
  result.component.factor = covariance.llt().matrixL();
  result.r = number("r_kpc");
  result.dust = {number("E_C") / result.r, number("E_m") / result.r};
  const std::array<int, 6> rows{3, 4, -1, 2, 0, 1};
  Matrix6 noise = Matrix6::Zero();
  for (std::size_t a = 0; a < 6; ++a) {
    for (std::size_t b = 0; b < 6; ++b) {
      if (rows[a] < 0 || rows[b] < 0) continue;
      noise(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) =
          number("Lam" + std::to_string(std::min(rows[a], rows[b])) + std::to_string(std::max(rows[a], rows[b])));
    }
  }
  const double ra = number("ra_deg"), dec = number("dec_deg");
  result.star = make_star(
      {ra, dec}, triad_at(ra, dec),
      Vector6{{number("y_C"), number("y_m"), kMissing, number("y_plx"), number("y_pmra"), number("y_pmdec")}}, noise);
  return result;
}

TEST(DistanceIntegrand, ReproducesTheReferenceDensities) {
  const auto table = tests::read_reference("gaussian_mixture_marginal.csv");
  ASSERT_EQ(table.rows.size(), 12u);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto reference = reference_case(table, row);
    const double position = table.number(row, "ln_p_position"), r = reference.r;
    const DistanceIntegrand integrand(reference.star, reference.component, reference.dust);
    EXPECT_NEAR(integrand.log_density(r, std::log(r)), position + table.number(row, "ln_p_y"), 1e-9);
    const Star unmeasured =
        make_star(reference.star.direction, reference.star.triad, Vector6::Constant(kMissing), Matrix6::Identity());
    const DistanceIntegrand of_position(unmeasured, reference.component, reference.dust);
    EXPECT_NEAR(of_position.log_density(r, std::log(r)), position, 1e-9);
  }
}

TEST(DistanceIntegrand, ReproducesTheReferencePosteriorsOfVelocityAndPhotometry) {
  const auto table = tests::read_reference("gaussian_mixture_marginal.csv");
  constexpr std::array<const char*, 5> kNames{"vx", "vy", "vz", "C", "M"};
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto reference = reference_case(table, row);
    const DistanceIntegrand integrand(reference.star, reference.component, reference.dust);
    const auto inner = integrand.inner_given(reference.r, std::log(reference.r));
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      const auto index = static_cast<Eigen::Index>(i);
      const double scale = i < 3 ? reference.velocity_scale : 1.0;
      EXPECT_NEAR(inner.mean[index] / scale, table.number(row, std::string("post_") + kNames[i]), 1e-8);
      EXPECT_NEAR(std::sqrt(inner.covariance(index, index)) / scale,
                  table.number(row, std::string("post_sd_") + kNames[i]), 1e-8);
    }
  }
}

TEST(DistanceIntegrand, AgreesWithTheFullMatricesForAnyMissingRows) {
  Stream stream({11, 0, 0}, Purpose::latents);
  for (int i = 0; i < 300; ++i) {
    auto [star, component, dust] = tests::draw({.parallax_to_noise = 20.0}, stream);
    Vector6 data = star.data;
    for (Eigen::Index row = 0; row < kRows; ++row) {
      if ((i >> row) & 1) data[row] = kMissing;
    }
    star = make_star(star.direction, star.triad, data, star.noise);
    const Matrix8 covariance = component.factor * component.factor.transpose();
    for (const double r : {0.05, 0.7, 1.0, 6.0}) {
      const double expected = tests::dense_log_density(star, component.mean, covariance, dust, r);
      EXPECT_NEAR(DistanceIntegrand(star, component, dust).log_density(r, std::log(r)), expected,
                  1e-10 * (1.0 + std::abs(expected)));
    }
  }
}

double log_normal(const Eigen::VectorXd& residual, const Eigen::MatrixXd& factor) {
  const Eigen::VectorXd e = factor.triangularView<Eigen::Lower>().solve(residual);
  return -0.5 * e.squaredNorm() - std::log(factor.diagonal().prod()) -
         0.5 * static_cast<double>(e.size()) * std::log(2.0 * M_PI);
}

TEST(DistanceIntegrand, AgreesWithImportanceSamplingOfVelocityColourAndMagnitude) {
  // The model vector comes from Cartesian phase space; the proposal is the posterior of z, 1.3 times as wide.
  Stream stream({12, 0, 0}, Purpose::latents);
  for (int repeat = 0; repeat < 6; ++repeat) {
    const auto [star, component, dust] = tests::draw({.parallax_to_noise = 5.0}, stream);
    const double r = 1.1;
    const DistanceIntegrand integrand(star, component, dust);
    const auto inner = integrand.inner_given(r, std::log(r));
    const Matrix5 proposal = 1.3 * Matrix5(inner.covariance.llt().matrixL());
    const Matrix6 noise = star.noise.llt().matrixL();
    constexpr int kDraws = 20000;
    double sum = 0.0, squares = 0.0;
    const double expected = integrand.log_density(r, std::log(r));
    for (int i = 0; i < kDraws; ++i) {
      Vector5 e;
      for (double& x : e) x = stream.normal();
      Vector8 u;
      u << star.direction, r, inner.mean + proposal * e;
      const Eigen::Vector3d outwards = star.triad.row(2), v = u.segment<3>(3);
      const auto seen = sim::astrometry::to_icrs({1e3 * r * outwards, v});
      Vector6 y{{u[6] + dust.reddening * r, u[7] + 5.0 * std::log10(100.0 * r) + dust.extinction * r,
                 seen.radial_velocity, seen.parallax, seen.pmra, seen.pmdec}};
      const double log_weight = log_normal(u - component.mean, component.factor) + log_normal(star.data - y, noise) -
                                log_normal(proposal * e, proposal);
      const double weight = std::exp(log_weight - expected);
      sum += weight / kDraws;
      squares += weight * weight / kDraws;
    }
    const double error = std::sqrt((squares - sum * sum) / kDraws);
    EXPECT_LT(error, 0.01);
    EXPECT_NEAR(sum, 1.0, 4.8 * error);  // false alarm 1e-5 of the six together
  }
}

}  // namespace
}  // namespace praesepe::infer::models::gaussian_mixture
