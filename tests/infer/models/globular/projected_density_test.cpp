#include "infer/models/globular/projected_density.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <numeric>

#include "sim/astrometry/units.hpp"
#include "sim/globular/globular_model.hpp"
#include "tests/infer/models/globular/regimes.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::globular {
namespace {

namespace units = sim::astrometry;
using sim::astrometry::Catalogue;
using tests::regimes;

/// Positions of a regime's stars. `parallax_error`, mas: of their parallaxes; 0: without.
Catalogue positions(const tests::Regime& regime, double stars, double parallax_error) {
  const auto all = tests::catalogue_of(regime, stars);
  Catalogue catalogue(all.rows());
  for (const char* name : {"ra", "dec"}) catalogue.add(name, "deg", all[name]);
  if (parallax_error == 0.0) return catalogue;
  std::vector<double> parallax(all.rows(), regime.truth[kParallax]);
  for (std::size_t n = 0; n < parallax.size(); ++n) parallax[n] += parallax_error * (static_cast<double>(n % 5) - 2.0);
  catalogue.add("parallax", "mas", std::move(parallax));
  catalogue.add("parallax_error", "mas", std::vector<double>(all.rows(), parallax_error));
  return catalogue;
}

ProjectedStars all_of(const Catalogue& catalogue) {
  std::vector<std::size_t> rows(catalogue.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  return {catalogue, rows};
}

density::Array values_at(const Vector& theta, const Catalogue& catalogue) {
  const sim::globular::LoweredIsothermal model(theta[kCentralPotential], theta[kOrder]);
  density::Array values;
  all_of(catalogue).log_marginal(ClusterParameters(theta, model), model, values);
  return values;
}

/// ln p by 2000 Gauss-Legendre nodes, evenly over the line of sight, from the profile of sim/globular.
double brute_force(const Catalogue& catalogue, std::size_t row, const Vector& theta) {
  const sim::globular::GlobularModel model({theta[kCentralPotential], theta[kOrder], std::pow(10.0, theta[kLogMass]),
                                            std::pow(10.0, theta[kLogHalfMassRadius])});
  const auto centre = units::to_cartesian({theta[kRa], theta[kDec], theta[kParallax], 0.0, 0.0, 0.0}).position_pc;
  const auto direction = units::local_triad(catalogue["ra"][row], catalogue["dec"][row]).radial;
  const double z0 = direction.dot(centre), foot = (centre - z0 * direction).norm();
  const double half = std::sqrt(std::pow(model.edge_radius(), 2) - foot * foot), a = 0.3 * model.king_radius();
  const auto integrand = [&](double t) {
    const double z = a * std::sinh(t), distance = z0 + z;
    if (!(distance > 0.0)) return 0.0;
    double value = a * std::cosh(t) * distance * distance * model.density(std::hypot(foot, z));
    if (!catalogue.has("parallax")) return value;
    const double sigma = catalogue["parallax_error"][row];
    const double chi = (catalogue["parallax"][row] - 1000.0 / distance) / sigma;
    return value * std::exp(-0.5 * chi * chi) / (sigma * std::sqrt(2.0 * M_PI));
  };
  double sum = 0.0;
  const double end = std::asinh(half / a);
  constexpr int kPanels = 100;
  for (int i = 0; i < kPanels; ++i) {
    sum += boost::math::quadrature::gauss<double, 20>::integrate(integrand, end * (2.0 * i / kPanels - 1.0),
                                                                 end * (2.0 * (i + 1) / kPanels - 1.0));
  }
  return std::log(sum / model.parameters().mass * std::cos(catalogue["dec"][row] * units::kRadPerDeg));
}

/// Parallaxes missing, blunt and sharp against the depth of the cluster; stars as far out as the last of 400.
TEST(ProjectedDensity, AgreesWithBruteForce) {
  for (const auto& regime : regimes()) {
    for (const double relative : {0.0, 0.1, 0.01}) {
      const auto catalogue = positions(regime, 400.0, relative * regime.truth[kParallax]);
      const auto values = values_at(regime.truth, catalogue);
      double worst = 0.0;
      for (std::size_t n = 0; n < catalogue.rows(); n += 10) {
        worst =
            std::max(worst, std::abs(values[static_cast<Eigen::Index>(n)] - brute_force(catalogue, n, regime.truth)));
      }
      std::printf("  %-32s error %.2f: %.1e\n", regime.name.c_str(), relative, worst);
      EXPECT_LT(worst, 1e-6) << regime.name << ' ' << relative;
    }
  }
}

/// The table for stars without a parallax, against the quadrature for stars with one that says nothing, at corners of
/// the prior and from the centre to the edge.
TEST(ProjectedDensity, TableIsTheQuadratureEverywhere) {
  Vector theta = regimes().front().truth;
  theta[kParallax] = 0.1;
  const std::initializer_list<std::array<double, 2>> corners{{1.5, 0.001}, {1.5, 3.1},    {5.0, 0.001}, {8.0, 1.93},
                                                             {11.0, 2.1},  {14.0, 0.001}, {14.0, 2.15}};
  for (const auto& [phi0, g] : corners) {
    theta[kCentralPotential] = phi0;
    theta[kOrder] = g;
    const sim::globular::LoweredIsothermal model(phi0, g);
    const double edge = std::asin(std::pow(10.0, theta[kLogHalfMassRadius]) * model.edge().value /
                                  model.half_mass_radius().value * theta[kParallax] / 1000.0);
    std::vector<double> dec;
    for (const double share : {0.0, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.3, 0.6, 0.9, 0.99, 0.999}) {
      dec.push_back(theta[kDec] + share * edge / units::kRadPerDeg);
    }
    const std::size_t count = dec.size();
    const double error = 1e6;  // mas
    Catalogue blunt(count), without(count);
    blunt.add("parallax", "mas", std::vector<double>(count, theta[kParallax]));
    blunt.add("parallax_error", "mas", std::vector<double>(count, error));
    for (Catalogue* catalogue : {&blunt, &without}) {
      catalogue->add("ra", "deg", std::vector<double>(count, theta[kRa]));
      catalogue->add("dec", "deg", dec);
    }
    const density::Array error_of_table =
        (values_at(theta, without) - values_at(theta, blunt) - std::log(error * std::sqrt(2.0 * M_PI))).abs();
    const double inside = error_of_table.head(9).maxCoeff(), beside_edge = error_of_table.tail(2).maxCoeff();
    std::printf("  phi0 %.1f, g %.3f: %.1e, beside the edge %.1e\n", phi0, g, inside, beside_edge);
    EXPECT_LT(inside, 1e-6) << phi0 << ' ' << g;
    // for g = 0 no better than the potential's table is there
    EXPECT_LT(beside_edge, 5e-5) << phi0 << ' ' << g;
  }
}

TEST(ProjectedDensity, GradientIsThatOfTheSum) {
  const Vector natural{{0.02, 0.02, 0.002, 0.002, 1e-3, 1e-3, 1e-3, 4e-3, 4e-3, 3.0}};
  for (const auto& regime : regimes()) {
    for (const double relative : {0.0, 0.1, 0.01}) {
      auto stars = all_of(positions(regime, 20.0, relative * regime.truth[kParallax]));
      const density::Array weight = density::Array::LinSpaced(20, 0.0, 1.0);
      const auto f = [&](const Vector& x, Vector& gradient) {
        const Vector theta = x.cwiseProduct(natural);
        const sim::globular::LoweredIsothermal model(theta[kCentralPotential], theta[kOrder]);
        const ClusterParameters cluster(theta, model);
        density::Array values;
        stars.log_marginal(cluster, model, values);
        ClusterGradient by;
        stars.pull_back(cluster, weight, by);
        gradient.setZero();
        cluster.chain(by, gradient);
        gradient = gradient.cwiseProduct(natural).eval();
        return (weight * values).sum();
      };
      const Vector x = tests::near_truth(regime).cwiseQuotient(natural);
      EXPECT_TRUE(tests::check_gradient(f, x, 1e-6, Vector::Constant(1, 0.02))) << regime.name << ' ' << relative;
    }
  }
}

/// The same measure as that of stars with a proper motion: summed over a grid of proper motions, which for a smooth
/// function that ends as this one does is as good as its integral, the collapsed density is the projected one.
TEST(ProjectedDensity, IsTheCollapsedDensityWithItsProperMotionIntegratedOut) {
  const auto regime = regimes().front();
  const auto place = positions(regime, 2.0, 0.1);
  constexpr int kSide = 81;
  constexpr double kStep = 0.15;  // mas/yr
  const std::size_t count = kSide * kSide;
  for (std::size_t row = 0; row < place.rows(); ++row) {
    Catalogue grid(count);
    for (const char* name : {"ra", "dec", "parallax", "parallax_error"}) {
      grid.add(name, "", std::vector<double>(count, place[name][row]));
    }
    std::vector<double> pmra(count), pmdec(count);
    for (std::size_t i = 0; i < count; ++i) {
      pmra[i] = regime.truth[kPmra] + kStep * (static_cast<double>(i / kSide) - kSide / 2);
      pmdec[i] = regime.truth[kPmdec] + kStep * (static_cast<double>(i % kSide) - kSide / 2);
    }
    grid.add("pmra", "", std::move(pmra));
    grid.add("pmdec", "", std::move(pmdec));
    for (const char* name : {"pmra_error", "pmdec_error"}) grid.add(name, "", std::vector<double>(count, 0.3));
    density::Array values;
    CollapsedStars(grid, QuadratureRule::reference()).log_marginal(regime.truth, values);
    const double summed = std::log(values.exp().sum() * kStep * kStep);
    EXPECT_NEAR(values_at(regime.truth, place)[static_cast<Eigen::Index>(row)], summed, 2e-5);
  }
}

TEST(ProjectedDensity, IsNoneOutsideTheTidalRadiusAndOfNoWeightThere) {
  const auto regime = regimes().front();
  Catalogue catalogue(2);
  catalogue.add("ra", "deg", {60.0, 80.0});
  catalogue.add("dec", "deg", {45.0, 45.0});
  catalogue.add("parallax", "mas", {NAN, NAN});
  const sim::globular::LoweredIsothermal model(regime.truth[kCentralPotential], regime.truth[kOrder]);
  const ClusterParameters cluster(regime.truth, model);
  ProjectedStars stars = all_of(catalogue);
  density::Array values;
  stars.log_marginal(cluster, model, values);
  EXPECT_TRUE(std::isfinite(values[0]));
  EXPECT_EQ(values[1], -std::numeric_limits<double>::infinity());
  ClusterGradient by;
  stars.pull_back(cluster, density::Array{{1.0, 0.0}}, by);
  EXPECT_TRUE(by.position.allFinite() && std::isfinite(by.log_r0 + by.phi0 + by.g));
}

}  // namespace
}  // namespace praesepe::infer::models::globular
