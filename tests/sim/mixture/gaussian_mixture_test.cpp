#include "sim/mixture/gaussian_mixture.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <cmath>

#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/gaia_errors.hpp"

namespace praesepe::sim::mixture {
namespace {

using random::Purpose;
using random::Stream;

StellarGaussian some_gaussian(double distance, double distance_sd) {
  Matrix8 mixing = Matrix8::Identity();
  for (Eigen::Index i = 0; i < kCoordinates; ++i) {
    for (Eigen::Index j = 0; j < i; ++j) mixing(i, j) = 0.3 * std::sin(3.0 * static_cast<double>(i + 5 * j));
  }
  Vector8 mean, sd;
  mean << 1.0, -2.0, distance, 20.0, -10.0, 5.0, 0.8, 4.0;
  sd << 1.5, 0.7, distance_sd, 12.0, 8.0, 5.0, 0.3, 1.2;
  const Matrix8 rows = mixing.rowwise().normalized();
  return {mean, sd.asDiagonal() * rows};
}

double phi(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2.0 * M_PI); }

TEST(GaussianMixture, TruncationLeavesTheLawOfTheRestGivenDistance) {
  const auto component = some_gaussian(0.5, 0.6);
  const Matrix8 covariance = component.factor * component.factor.transpose();
  const double sd = std::sqrt(covariance(kDistance, kDistance)), h = component.mean[kDistance] / sd;
  const double hazard = phi(h) / (0.5 * std::erfc(-h / std::sqrt(2.0)));
  const double mean = component.mean[kDistance] + sd * hazard, variance = sd * sd * (1.0 - hazard * (hazard + h));
  const Vector8 slope = covariance.col(kDistance) / (sd * sd);
  constexpr int kStars = 100000;
  Stream stream({3, 0, 0}, Purpose::latents);
  Vector8 first = Vector8::Zero();
  Matrix8 second = Matrix8::Zero();
  for (int i = 0; i < kStars; ++i) {
    const Vector8 u = sample_star(component, stream);
    ASSERT_GT(u[kDistance], 0.0);
    // What is left of u after its regression on r must be independent of r, with the untruncated covariance.
    Vector8 rest = u - component.mean - slope * (u[kDistance] - component.mean[kDistance]);
    rest[kDistance] = (u[kDistance] - mean) / std::sqrt(variance);
    first += rest / kStars;
    second += rest * rest.transpose() / kStars;
  }
  Matrix8 expected = covariance - slope * slope.transpose() * (sd * sd);
  expected(kDistance, kDistance) = 1.0;
  // 44 comparisons at 5 sd: false alarm 3e-5. Without the moved distance (u as drawn, r < 0 drawn again) it fails.
  for (Eigen::Index i = 0; i < kCoordinates; ++i) {
    EXPECT_NEAR(first[i], 0.0, 5.0 * std::sqrt(expected(i, i) / kStars)) << i;
    for (Eigen::Index j = 0; j <= i; ++j) {
      const double error = std::sqrt((expected(i, i) * expected(j, j) + expected(i, j) * expected(i, j)) / kStars);
      EXPECT_NEAR(second(i, j), expected(i, j), 5.0 * error) << i << " " << j;
    }
  }
}

TEST(GaussianMixture, DistanceFarBelowZeroIsStillPositive) {
  const auto component = some_gaussian(-3.0, 0.2);
  Stream stream({4, 0, 0}, Purpose::latents);
  double sum = 0.0;
  constexpr int kStars = 10000;
  for (int i = 0; i < kStars; ++i) {
    const double r = sample_star(component, stream)[kDistance];
    ASSERT_GT(r, 0.0);
    sum += r / kStars;
  }
  // The tail beyond 15 sd is exponential: mean sd / 15 (1 - 2 / 15^2) with relative error kStars^-1/2; 4.5 sd.
  const double sd = component.factor.row(kDistance).norm(), expected = sd / 15.0 * (1.0 - 2.0 / 225.0);
  EXPECT_NEAR(sum, expected, 4.6 * expected / std::sqrt(1.0 * kStars));
}

TEST(GaussianMixture, StarsTakeAFixedNumberOfWordsAndLabelsFollowTheWeights) {
  const std::vector<StellarGaussian> components{some_gaussian(1.0, 0.1), some_gaussian(2.0, 0.1)};
  Stream stream({5, 0, 0}, Purpose::latents);
  const auto stars = sample_stars(components, {0.3, 0.7}, 20000, stream);
  EXPECT_EQ(stream.position(), 20000 * kWordsPerStar);
  const auto of_first = std::ranges::count(stars, std::size_t{0}, &LabelledStar::component);
  EXPECT_NEAR(static_cast<double>(of_first), 6000.0, 4.5 * std::sqrt(20000.0 * 0.21));  // false alarm 1e-5
}

TEST(GaussianMixture, NoiselessCatalogueIsTheStarSeenFromTheSun) {
  // By way of Cartesian phase space (sim/astrometry/coordinates.hpp), which shares no formula with observe_stars.
  Stream stream({6, 0, 0}, Purpose::latents), noise({6, 0, 0}, Purpose::noise);
  const SkyPlane plane({359.0, 88.0});
  const auto stars = sample_stars({some_gaussian(1.0, 0.3)}, {1.0}, 50, stream);
  const ErrorModel exact{.gaia_dr3 = false,
                         .parallax = 0,
                         .pmra = 0,
                         .pmdec = 0,
                         .colour = 0,
                         .magnitude = 0,
                         .radial_velocity = 0,
                         .radial_velocity_fraction = 1.0};
  const auto catalogue = observe_stars(stars, plane, {.reddening = 0.3, .extinction = 0.9}, exact, noise);
  for (std::size_t i = 0; i < stars.size(); ++i) {
    const Vector8& u = stars[i].u;
    const auto direction = plane.to_sky(u.head<2>());
    astrometry::Cartesian6 phase;
    phase.position_pc = 1e3 * u[kDistance] * astrometry::local_triad(direction.ra, direction.dec).radial;
    phase.velocity_kms = u.segment<3>(kVx);
    const auto seen = astrometry::to_icrs(phase);
    EXPECT_NEAR(catalogue["ra"][i], seen.ra, 1e-9);
    EXPECT_NEAR(catalogue["dec"][i], seen.dec, 1e-9);
    EXPECT_NEAR(catalogue["parallax"][i], seen.parallax, 1e-9 * seen.parallax);
    EXPECT_NEAR(catalogue["pmra"][i], seen.pmra, 1e-8);
    EXPECT_NEAR(catalogue["pmdec"][i], seen.pmdec, 1e-8);
    EXPECT_NEAR(catalogue["radial_velocity"][i], seen.radial_velocity, 1e-9);
    EXPECT_NEAR(catalogue["bp_rp"][i], u[kColour] + 0.3 * u[kDistance], 1e-12);
    const double modulus = 5.0 * std::log10(100.0 * u[kDistance]);
    EXPECT_NEAR(catalogue["phot_g_mean_mag"][i], u[kMagnitude] + modulus + 0.9 * u[kDistance], 1e-12);
  }
}

TEST(GaussianMixture, NoiseHasTheCovarianceThatTheCatalogueStates) {
  Stream latents({7, 0, 0}, Purpose::latents), noise({7, 0, 0}, Purpose::noise);
  const SkyPlane plane({10.0, 20.0});
  const auto stars = sample_stars({some_gaussian(1.0, 0.3)}, {1.0}, 20000, latents);
  const ErrorModel errors{.largest_partial = 0.8, .radial_velocity_fraction = 0.4};
  const auto seen = observe_stars(stars, plane, {}, errors, noise);
  const ErrorModel exact{.gaia_dr3 = false,
                         .parallax = 0,
                         .pmra = 0,
                         .pmdec = 0,
                         .colour = 0,
                         .magnitude = 0,
                         .radial_velocity = 0,
                         .radial_velocity_fraction = 1.0};
  const auto truth = observe_stars(stars, plane, {}, exact, noise);
  double chi2 = 0.0, measured = 0.0;
  for (std::size_t i = 0; i < stars.size(); ++i) {
    const auto residual = [&](const char* name) { return seen[name][i] - truth[name][i]; };
    const auto sigma = astrometry::gaia_dr3_errors(seen["phot_g_mean_mag"][i]);
    ASSERT_DOUBLE_EQ(seen["parallax_error"][i], sigma.parallax);
    Eigen::Matrix3d correlation = Eigen::Matrix3d::Identity();
    correlation(1, 0) = correlation(0, 1) = seen["parallax_pmra_corr"][i];
    correlation(2, 0) = correlation(0, 2) = seen["parallax_pmdec_corr"][i];
    correlation(2, 1) = correlation(1, 2) = seen["pmra_pmdec_corr"][i];
    const Eigen::Vector3d scaled(residual("parallax") / sigma.parallax, residual("pmra") / sigma.pmra,
                                 residual("pmdec") / sigma.pmdec);
    chi2 += scaled.dot(correlation.llt().solve(scaled));
    chi2 +=
        std::pow(residual("bp_rp") / errors.colour, 2) + std::pow(residual("phot_g_mean_mag") / errors.magnitude, 2);
    measured += 5.0;
    if (std::isnan(seen["radial_velocity"][i])) continue;
    chi2 += std::pow(residual("radial_velocity") / errors.radial_velocity, 2);
    measured += 1.0;
  }
  EXPECT_NEAR(chi2, measured, 4.5 * std::sqrt(2.0 * measured));  // false alarm 1e-5, like the next
  EXPECT_NEAR(measured, 5.4 * 20000.0, 4.5 * std::sqrt(20000.0 * 0.24));
}

}  // namespace
}  // namespace praesepe::sim::mixture
