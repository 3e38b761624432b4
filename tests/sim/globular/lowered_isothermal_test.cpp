// The structure solver against an adaptive integration at 1e-12, step halving, finite differences and polytropes.
#include "sim/globular/lowered_isothermal.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "sim/error.hpp"
#include "sim/globular/adaptive_structure.hpp"
#include "sim/globular/potential_lookup.hpp"
#include "sim/globular/virial_boundary.hpp"

namespace praesepe::sim::globular {
namespace {

using Pair = std::array<double, 2>;

/// (Phi0, g) over the whole prior of a globular cluster.
std::vector<Pair> prior_points() {
  std::vector<Pair> points;
  for (const double phi0 : {1.5, 2.2, 3.0, 5.0, 6.3, 8.0, 10.0, 12.0, 14.0}) {
    const double top = virial_boundary(phi0).value;
    for (const double fraction : {0.0, 0.3, 0.7, 1.0}) points.push_back({phi0, 0.001 + fraction * (top - 0.001)});
  }
  return points;
}

TEST(LoweredIsothermal, AgreesWithAnAdaptiveIntegrationOverThePrior) {
  for (const auto& [phi0, g] : prior_points()) {
    const AdaptiveStructure oracle(phi0, g);
    // Below g = 1/2 the density leaves zero at the edge so steeply that a grid point close to it costs a digit.
    for (const auto& [step, tolerance] : {Pair{0.1, 1e-6}, Pair{0.025, g < 0.5 ? 2e-8 : 3e-10}}) {
      const LoweredIsothermal model(phi0, g, {.step = step});
      // An error of the potential shifts an edge far out in proportion to dlnx_t/dg.
      const double stretch = 1.0 + std::abs(model.edge().d_g / model.edge().value);
      EXPECT_NEAR(model.edge().value / oracle.edge(), 1.0, tolerance * std::max(1.0, 0.25 * stretch))
          << phi0 << " " << g;
      EXPECT_NEAR(model.mass().value / oracle.mass(), 1.0, 0.3 * tolerance) << phi0 << " " << g;
      EXPECT_NEAR(model.half_mass_radius().value / oracle.half_mass_radius(), 1.0, 0.5 * tolerance) << phi0 << " " << g;
      EXPECT_NEAR(model.potential(oracle.half_mass_radius()).value, oracle.potential_at_half_mass(),
                  0.1 * tolerance * phi0)
          << phi0 << " " << g;
      EXPECT_NEAR(model.mass_inside(oracle.half_mass_radius()).value / oracle.mass(), 0.5, tolerance)
          << phi0 << " " << g;
    }
  }
}

TEST(LoweredIsothermal, AgreesWithAnAdaptiveIntegrationFromCentreToEdge) {
  for (const auto& [phi0, g] : {Pair{1.5, 1.0}, Pair{5.0, 2.0}, Pair{8.0, 1.6}, Pair{14.0, 0.1}}) {
    const LoweredIsothermal model(phi0, g, {.step = 0.025});
    std::vector<double> x{0.0, 5e-4};
    for (int i = 1; i < 40; ++i) x.push_back(model.edge().value * std::pow(i / 40.0, 3));
    const auto phi = AdaptiveStructure(phi0, g).potentials(x);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(model.potential(x[i]).value, phi[i], 1e-9 * phi0) << x[i];
  }
}

TEST(LoweredIsothermal, HoldsItsAccuracyInThePotentialAtTheDefaultStep) {
  for (const auto& [phi0, g] : prior_points()) {
    const LoweredIsothermal model(phi0, g);
    const LoweredIsothermal fine(phi0, g, {.step = 0.0125});
    double worst = 0.0;
    for (int i = 0; i <= 1000; ++i) {
      const double x = fine.edge().value * std::pow(i / 1000.0, 4);
      worst = std::max(worst, std::abs(model.potential(x).value - fine.potential(x).value));
    }
    EXPECT_LT(worst, 1e-7 * phi0) << phi0 << " " << g;
  }
}

TEST(LoweredIsothermal, ReturnsDerivativesThatAreDifferencesOfItsOwnSolution) {
  const auto check = [](const char* name, double phi0, double g, auto quantity) {
    const double h = 1e-3;
    const auto at = [&](double p, double q) { return quantity(LoweredIsothermal(p, q)).value; };
    const auto difference = [&](double dp, double dg) {
      const double d1 = (at(phi0 + dp, g + dg) - at(phi0 - dp, g - dg)) / (2.0 * h);
      const double d2 = (at(phi0 + 0.5 * dp, g + 0.5 * dg) - at(phi0 - 0.5 * dp, g - 0.5 * dg)) / h;
      return (4.0 * d2 - d1) / 3.0;
    };
    const Sensitive s = quantity(LoweredIsothermal(phi0, g));
    const double scale = std::abs(s.value) + std::abs(s.d_phi0) + std::abs(s.d_g);
    EXPECT_NEAR(s.d_phi0, difference(h, 0.0), 1e-6 * scale) << name << " " << phi0 << " " << g;
    EXPECT_NEAR(s.d_g, difference(0.0, h), 1e-6 * scale) << name << " " << phi0 << " " << g;
  };
  for (const auto& [phi0, g] : {Pair{3.2, 1.2}, Pair{1.5, 1.1}, Pair{5.0, 2.0}, Pair{8.0, 1.6}, Pair{13.7, 0.4}}) {
    check("x_t", phi0, g, [](const LoweredIsothermal& m) { return m.edge(); });
    check("m", phi0, g, [](const LoweredIsothermal& m) { return m.mass(); });
    check("x_h", phi0, g, [](const LoweredIsothermal& m) { return m.half_mass_radius(); });
    check("lnE", phi0, g, [](const LoweredIsothermal& m) { return m.log_central_density_e(); });
    check("r_v/r_h", phi0, g, [](const LoweredIsothermal& m) { return m.virial_ratio(); });
    for (const double x : {0.0, 0.2, 1.0, 1.6, 4.0, 30.0}) {
      check("phi", phi0, g, [&](const LoweredIsothermal& m) { return m.potential(x); });
      check("m(x)", phi0, g, [&](const LoweredIsothermal& m) { return m.mass_inside(x); });
    }
  }
}

TEST(LoweredIsothermal, TabulatesThePotentialWithItsExactDerivatives) {
  const double phi0 = 6.0;
  const double g = 1.3;
  const double h = 1e-4;
  const LoweredIsothermal model(phi0, g), up(phi0 + h, g), down(phi0, g - h), low(phi0 - h, g), high(phi0, g + h);
  const PotentialTable& table = model.table();
  EXPECT_GT(std::sqrt(std::expm1((table.intervals - 1) * table.step)), model.edge().value);
  ASSERT_EQ(table.phi.size(), 6U * static_cast<std::size_t>(table.intervals));
  for (std::size_t i = 0; i < table.phi.size(); ++i) {
    if (i >= 6U * static_cast<std::size_t>(table.intervals - 3)) break;  // there the edge passes a grid point
    EXPECT_NEAR(table.d_phi0[i], (up.table().phi[i] - low.table().phi[i]) / (2.0 * h), 1e-7) << i;
    EXPECT_NEAR(table.d_g[i], (high.table().phi[i] - down.table().phi[i]) / (2.0 * h), 1e-7) << i;
  }
  for (std::size_t k = 0; k + 1 < static_cast<std::size_t>(table.intervals); ++k) {
    double end = 0.0;
    for (std::size_t n = 0; n < 6; ++n) end += table.phi[6 * k + n];
    EXPECT_NEAR(end, table.phi[6 * k + 6], 1e-13) << k;
  }
}

TEST(LoweredIsothermal, GivesThePotentialAndItsSlopeFromOneLook) {
  const LoweredIsothermal model(7.0, 1.4);
  for (const double share : {1e-6, 0.01, 0.3, 0.99}) {
    const double x = share * model.edge().value;
    const auto at = potential_at(model.table(), x * x);
    const auto expected = model.potential(x);
    EXPECT_EQ(at.phi, expected.value);
    EXPECT_EQ(at.d_phi0, expected.d_phi0);
    EXPECT_EQ(at.d_g, expected.d_g);
    // dphi/dx = -m/x^2
    EXPECT_NEAR(at.d_q, -0.5 * model.mass_inside(x).value / (x * x * x), 1e-12 * std::abs(at.d_q)) << share;
  }
  EXPECT_NEAR(potential_at(model.table(), 0.0).d_q, -1.5, 1e-6);  // phi = Phi0 - 3/2 x^2 + ...
}

TEST(LoweredIsothermal, ContinuesAsAPointMassBeyondTheEdge) {
  const LoweredIsothermal model(5.0, 1.0);
  const double x_t = model.edge().value;
  EXPECT_NEAR(model.potential(x_t).value, 0.0, 1e-15);
  EXPECT_DOUBLE_EQ(model.potential(2.0 * x_t).value, -0.5 * model.mass().value / x_t);
  EXPECT_EQ(model.mass_inside(2.0 * x_t).value, model.mass().value);
}

TEST(LoweredIsothermal, BecomesAPolytropeAtSmallCentralPotential) {
  // First zeros of the Lane-Emden functions of index n = g + 3/2 (Chandrasekhar 1939, table 4); x = xi (Phi0/9)^(1/2).
  for (const auto& [n, zero] : {Pair{1.5, 3.65375}, Pair{2.5, 5.35528}, Pair{3.0, 6.89685}, Pair{4.0, 14.97155}}) {
    const double phi0 = 1e-5;
    const LoweredIsothermal model(phi0, n - 1.5);
    EXPECT_NEAR(model.edge().value / std::sqrt(phi0 / 9.0) / zero, 1.0, 2e-5) << n;
  }
}

TEST(LoweredIsothermal, RefusesModelsWithoutAFiniteEdge) {
  LoweredIsothermal model;
  EXPECT_FALSE(model.solve(5.0, 2.70017));
  EXPECT_FALSE(model.solve(10.0, 3.4));
  EXPECT_FALSE(model.solve(0.0, 1.0));
  EXPECT_FALSE(model.solve(5.0, 3.5));
  EXPECT_FALSE(model.solve(5.0, -1e-9));
  EXPECT_FALSE(model.solve(1e300, 1.0));
  EXPECT_FALSE(model.solve(std::numeric_limits<double>::quiet_NaN(), 1.0));
  EXPECT_FALSE(model.solve(5.0, std::numeric_limits<double>::quiet_NaN()));
  EXPECT_TRUE(model.solve(5.0, 0.0));
  EXPECT_TRUE(model.solve(30.0, 0.0));
  EXPECT_THROW(LoweredIsothermal(10.0, 3.0), InputError);
  EXPECT_THROW(LoweredIsothermal(-1.0, 1.0), InputError);
  EXPECT_THROW(LoweredIsothermal(5.0, 3.6), InputError);
}

TEST(LoweredIsothermal, SolvesAnewInTheSameStorage) {
  LoweredIsothermal model;
  ASSERT_TRUE(model.solve(14.0, 2.0));
  ASSERT_TRUE(model.table().intervals > 150);
  const double* const storage = model.table().phi.data();
  EXPECT_FALSE(model.solve(10.0, 3.0));
  ASSERT_TRUE(model.solve(3.0, 1.2));
  EXPECT_EQ(model.table().phi.data(), storage);
  const LoweredIsothermal other(3.0, 1.2);
  EXPECT_EQ(model.edge().value, other.edge().value);
  EXPECT_EQ(model.table().d_g, other.table().d_g);
}

}  // namespace
}  // namespace praesepe::sim::globular
