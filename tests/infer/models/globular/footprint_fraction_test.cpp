#include "infer/models/globular/footprint_fraction.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "infer/models/globular/collapsed_likelihood.hpp"
#include "sim/astrometry/units.hpp"
#include "tests/infer/models/globular/regimes.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::globular {
namespace {

namespace units = sim::astrometry;
using field::Footprint;
using std::numbers::pi;
using tests::regimes;

double log_fraction(const Vector& theta, const Footprint& footprint, Vector* gradient = nullptr) {
  const sim::globular::LoweredIsothermal model(theta[kCentralPotential], theta[kOrder]);
  const ClusterParameters cluster(theta, model);
  ClusterGradient by;
  const double value = FootprintFraction(footprint).log_value(cluster, model, by);
  if (gradient) {
    gradient->setZero(kParameters);
    cluster.chain(by, *gradient);
  }
  return value;
}

/// The stars' density per steradian at each distance (rad) from the direction of the cluster's centre.
density::Array density_at(const Vector& theta, const std::vector<double>& beta) {
  const auto triad = units::local_triad(theta[kRa], theta[kDec]);
  std::vector<double> ra, dec;
  for (const double b : beta) {
    const auto star = units::to_icrs({std::cos(b) * triad.radial + std::sin(b) * triad.east, Eigen::Vector3d::Zero()});
    ra.push_back(star.ra);
    dec.push_back(star.dec);
  }
  const density::Array cos_dec = (Eigen::Map<Eigen::ArrayXd>(dec.data(), std::ssize(dec)) * units::kRadPerDeg).cos();
  sim::astrometry::Catalogue catalogue(beta.size());
  catalogue.add("ra", "deg", std::move(ra));
  catalogue.add("dec", "deg", std::move(dec));
  density::Array values;
  // neither parallaxes nor motions: the density on the sky
  CollapsedStars(catalogue, {64, 40, 6.0, 5.0, false, 14, 40.0}).log_marginal(theta, values);
  return values.exp() / cos_dec;
}

/// The integral of that over a disc: int dbeta sin(beta) Delta lambda p(beta), where the arc Delta lambda at beta lies
/// in the disc. Gauss-Legendre in panels, evenly in asinh(beta / b) within the core and beyond, crowded at the two
/// distances between which the arc grows or shrinks.
double over_disc(const Vector& theta, double radius, double offset) {
  const double b = 1e-3 * std::pow(10.0, theta[kLogHalfMassRadius]) * theta[kParallax] / 1000.0;
  const GaussLegendre rule(16);
  std::vector<double> beta, weight;
  const auto add = [&](double low, double high, const auto& arc) {
    const double t_low = std::asinh(low / b), span = std::asinh(high / b) - t_low;
    constexpr int kPanels = 40;
    for (int panel = 0; panel < kPanels; ++panel) {
      for (std::size_t j = 0; j < rule.node.size(); ++j) {
        const double w = pi * (panel + rule.node[j]) / kPanels, t = t_low + span * 0.5 * (1.0 - std::cos(w));
        beta.push_back(b * std::sinh(t));
        weight.push_back(pi * rule.weight[j] / kPanels * 0.5 * std::sin(w) * span * b * std::cosh(t) *
                         std::sin(beta.back()) * arc(beta.back()));
      }
    }
  };
  if (radius > offset) add(0.0, radius - offset, [](double) { return 2.0 * pi; });
  if (offset > 0.0) {
    add(std::abs(radius - offset), radius + offset, [&](double at) {
      const double cosine = (std::cos(radius) - std::cos(at) * std::cos(offset)) / (std::sin(at) * std::sin(offset));
      return 2.0 * std::acos(std::clamp(cosine, -1.0, 1.0));
    });
  }
  return (density_at(theta, beta) * Eigen::Map<Eigen::ArrayXd>(weight.data(), std::ssize(weight))).sum();
}

double brute_force(const Vector& theta, const Footprint& footprint) {
  const auto centre = units::local_triad(theta[kRa], theta[kDec]).radial;
  const double offset = std::acos(std::min(centre.dot(units::local_triad(footprint.ra, footprint.dec).radial), 1.0));
  const double rad = units::kRadPerDeg;
  return over_disc(theta, footprint.radius * rad, offset) -
         (footprint.inner_radius > 0.0 ? over_disc(theta, footprint.inner_radius * rad, offset) : 0.0);
}

/// Footprints about a cluster: radii and offsets in half-mass radii, seen from the Sun.
Footprint on(const Vector& theta, double radius, double inner, double offset) {
  const double angle = std::pow(10.0, theta[kLogHalfMassRadius]) * theta[kParallax] / 1000.0 / units::kRadPerDeg;
  const double ra = theta[kRa] + 0.6 * offset * angle / std::cos(theta[kDec] * units::kRadPerDeg);
  return {ra, theta[kDec] + 0.8 * offset * angle, radius * angle, inner * angle};
}

/// The stars' density over the footprint, divided by A, integrates to one. Discs about the centre, beside it with the
/// edge through it or not, rings, and a patch of the halo.
TEST(FootprintFraction, IsTheIntegralOfTheStarsDensityOverTheFootprint) {
  double worst = 0.0;
  auto all = regimes();
  for (const auto& [phi0, g] : std::initializer_list<std::array<double, 2>>{{1.5, 0.001}, {1.5, 3.1}, {14.0, 2.15}}) {
    all.push_back(all.front());
    all.back().name = "a corner of the prior";
    all.back().truth.head<2>() << phi0, g;
  }
  for (const auto& regime : all) {
    for (const auto& [radius, inner, offset] : std::initializer_list<std::array<double, 3>>{
             {1.0, 0.0, 0.0}, {2.0, 0.0, 0.3}, {1.5, 0.4, 0.1}, {1.0, 0.0, 1.2}, {0.8, 0.0, 0.7}, {3.0, 2.0, 1.5}}) {
      const Footprint footprint = on(regime.truth, radius, inner, offset);
      const double expected = brute_force(regime.truth, footprint),
                   found = std::exp(log_fraction(regime.truth, footprint));
      worst = std::max(worst, std::abs(found / expected - 1.0));
      EXPECT_NEAR(found / expected, 1.0, 1e-6) << regime.name << ' ' << radius << ' ' << inner << ' ' << offset;
    }
  }
  std::printf("  largest relative difference %.1e\n", worst);
}

TEST(FootprintFraction, GradientIsItsDerivative) {
  const Vector natural{{0.02, 0.02, 0.002, 0.002, 1e-3, 1e-3, 1e-3, 4e-3, 4e-3, 3.0}};
  for (const auto& regime : regimes()) {
    for (const auto& [radius, inner, offset] : std::initializer_list<std::array<double, 3>>{
             {1.0, 0.0, 0.0}, {2.0, 0.0, 0.3}, {1.5, 0.4, 0.1}, {1.0, 0.0, 1.2}, {0.8, 0.0, 0.8}}) {
      const Footprint footprint = on(regime.truth, radius, inner, offset);
      const auto f = [&](const Vector& x, Vector& gradient) {
        const double value = log_fraction(x.cwiseProduct(natural), footprint, &gradient);
        gradient = gradient.cwiseProduct(natural).eval();
        return value;
      };
      const Vector x = tests::near_truth(regime).cwiseQuotient(natural);
      EXPECT_TRUE(tests::check_gradient(f, x, 1e-7, Vector::Constant(1, 0.1)))
          << regime.name << ' ' << radius << ' ' << inner << ' ' << offset;
    }
  }
}

TEST(FootprintFraction, IsOneOverTheWholeClusterAndNoneBesideIt) {
  for (const auto& regime : regimes()) {
    const sim::globular::LoweredIsothermal model(regime.truth[kCentralPotential], regime.truth[kOrder]);
    const double half_mass = 1e-3 * std::pow(10.0, regime.truth[kLogHalfMassRadius]) * regime.truth[kParallax];
    // as an angle, seen from the Sun, of the small one of the half-mass radius
    const double edge = std::asin(half_mass * model.edge().value / model.half_mass_radius().value) / half_mass;
    for (const double offset : {0.0, 0.3, 0.9, 3.0}) {
      EXPECT_NEAR(log_fraction(regime.truth, on(regime.truth, 1.01 * (edge + offset), 0.0, offset)), 0.0, 1e-8)
          << regime.name << ' ' << offset;
    }
    EXPECT_EQ(log_fraction(regime.truth, on(regime.truth, 1.0, 0.0, 1.05 * (edge + 1.0))),
              -std::numeric_limits<double>::infinity());
  }
}

TEST(FootprintFraction, HoldsForAClusterThatSurroundsTheSun) {
  Vector theta = regimes().front().truth;
  theta[kCentralPotential] = 7.5;
  theta[kLogHalfMassRadius] = std::log10(200.0);
  const Footprint footprint{62.0, 50.0, 40.0, 3.0};
  const double found = std::exp(log_fraction(theta, footprint));
  EXPECT_NEAR(found / brute_force(theta, footprint), 1.0, 1e-6);
}

}  // namespace
}  // namespace praesepe::infer::models::globular
