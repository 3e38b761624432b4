// The structure solver against an adaptive integration at 1e-12, step halving, finite differences and polytropes.
#include "sim/globular/lowered_isothermal.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "sim/error.hpp"
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

/// The same model by Boost.Odeint (Cash-Karp, 1e-12) and Boost's incomplete gamma function. Three independent
/// variables in turn: x out to Phi0/2, then u = phi^(1/2) to the edge, which is a regular point in it; ln m for
/// the half-mass radius.
class Oracle {
 public:
  Oracle(double phi0, double g) : phi0_(phi0), g_(g) {
    const auto in_x = [this](const Pair& y, Pair& dy, double x) {  // y = (phi, m)
      dy = {-y[1] / (x * x), 9.0 * x * x * density(y[0])};
    };
    Pair y = start();
    double x = kStart;
    while (y[0] > 0.5 * phi0) {
      integrate(in_x, y, x, x * 1.05);
      x *= 1.05;
    }
    Pair z{x, y[1]};  // (x, m) as functions of u
    const auto in_u = [this](const Pair& v, Pair& dv, double u) {
      dv[0] = -v[0] * v[0] / v[1] * 2.0 * u;
      dv[1] = 9.0 * v[0] * v[0] * density(u * u) * dv[0];
    };
    integrate(in_u, z, std::sqrt(y[0]), 0.0);
    edge = z[0];
    mass = z[1];
    Pair w{start()[0], kStart};  // (phi, x) as functions of ln m
    const auto in_log_m = [this](const Pair& v, Pair& dv, double log_m) {
      const double m = std::exp(log_m);
      dv[1] = m / (9.0 * v[1] * v[1] * density(v[0]));
      dv[0] = -m / (v[1] * v[1]) * dv[1];
    };
    integrate(in_log_m, w, std::log(start()[1]), std::log(0.5 * mass));
    half_mass_radius = w[1];
    potential_at_half_mass = w[0];
  }

  double edge, mass, half_mass_radius, potential_at_half_mass;

 private:
  static constexpr double kStart = 1e-3;

  double e(double a, double phi) const { return phi > 0.0 ? std::exp(phi) * boost::math::gamma_p(a, phi) : 0.0; }
  double density(double phi) const { return e(g_ + 1.5, phi) / central_e_; }
  /// (phi, m) at x = kStart: phi = Phi0 - 3/2 x^2 + b x^4, b = (27/40) dlnrho/dphi; errors 1e-17.
  Pair start() const {
    const double b = 27.0 / 40.0 * e(g_ + 0.5, phi0_) / e(g_ + 1.5, phi0_);
    const double x2 = kStart * kStart;
    return {phi0_ - 1.5 * x2 + b * x2 * x2, kStart * x2 * (3.0 - 4.0 * b * x2)};
  }
  template <class System>
  static void integrate(const System& system, Pair& y, double from, double to) {
    namespace odeint = boost::numeric::odeint;
    // Not Fehlberg's 7(8), whose error estimate vanishes for a pure quadrature, as the mass is near the edge.
    static const odeint::runge_kutta_cash_karp54<Pair> method;
    const auto stepper = odeint::make_controlled(1e-14, 1e-12, method);
    odeint::integrate_adaptive(stepper, system, y, from, to, 1e-3 * (to - from));
  }

  double phi0_, g_;
  double central_e_ = e(g_ + 1.5, phi0_);
};

TEST(LoweredIsothermal, AgreesWithAnAdaptiveIntegrationOverThePrior) {
  for (const auto& [phi0, g] : prior_points()) {
    const Oracle oracle(phi0, g);
    // Below g = 1/2 the density leaves zero at the edge so steeply that a grid point close to it costs a digit.
    for (const auto& [step, tolerance] : {Pair{0.1, 1e-6}, Pair{0.025, g < 0.5 ? 2e-8 : 3e-10}}) {
      const LoweredIsothermal model(phi0, g, {.step = step});
      // An error of the potential shifts an edge far out in proportion to dlnx_t/dg.
      const double stretch = 1.0 + std::abs(model.edge().d_g / model.edge().value);
      EXPECT_NEAR(model.edge().value / oracle.edge, 1.0, tolerance * std::max(1.0, 0.25 * stretch)) << phi0 << " " << g;
      EXPECT_NEAR(model.mass().value / oracle.mass, 1.0, 0.3 * tolerance) << phi0 << " " << g;
      EXPECT_NEAR(model.half_mass_radius().value / oracle.half_mass_radius, 1.0, 0.5 * tolerance) << phi0 << " " << g;
      EXPECT_NEAR(model.potential(oracle.half_mass_radius).value, oracle.potential_at_half_mass, 0.1 * tolerance * phi0)
          << phi0 << " " << g;
      EXPECT_NEAR(model.mass_inside(oracle.half_mass_radius).value / oracle.mass, 0.5, tolerance) << phi0 << " " << g;
    }
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
