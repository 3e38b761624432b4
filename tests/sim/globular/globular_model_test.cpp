// Physical models against limepy, an independent solver, and integrals of the distribution function.
#include "sim/globular/globular_model.hpp"

#include <gtest/gtest.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <cmath>
#include <numbers>

#include "sim/error.hpp"
#include "tests/support/reference_table.hpp"

namespace praesepe::sim::globular {
namespace {

using std::numbers::pi;

/// Integral from 0 to `end`; f(x, c) with c = end - x near the end, free of cancellation.
template <class F>
double integrate_to_end(F f, double end) {
  boost::math::quadrature::tanh_sinh<double> quadrature;
  return quadrature.integrate(f, 0.0, end, 1e-10);
}

GlobularModel reference_model(const tests::ReferenceTable& table, std::size_t i) {
  return GlobularModel({.phi0 = table.number(i, "phi0"),
                        .g = table.number(i, "g"),
                        .mass = table.number(i, "M"),
                        .half_mass_radius = table.number(i, "rh")},
                       0.004302);
}

TEST(GlobularModel, HasTheScalesOfLimepy) {
  const auto table = tests::read_reference("limepy.csv");
  ASSERT_EQ(table.rows.size(), 12U);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const GlobularModel model = reference_model(table, i);
    const auto expect = [&](const char* column, double value, double tolerance) {
      EXPECT_NEAR(value / table.number(i, column), 1.0, tolerance) << column << " of model " << i;
    };
    // The reference digits end at 1e-12; limepy's own error in these is 3e-10.
    expect("rt_indep", model.edge_radius(), 2e-9);
    expect("rv_indep", model.virial_radius(), 2e-9);
    expect("r0", model.king_radius(), 1e-9);
    expect("A", model.amplitude(), 1e-9);
    expect("s2", model.s2(), 1e-9);
    expect("phi0_phys", model.potential(0.0), 1e-9);
    expect("rho0", model.central_density(), 1e-9);
    expect("rho0", model.density(0.0), 1e-9);
    expect("v2_1d0", model.mean_square_velocity(0.0) / 3.0, 1e-9);
    expect("rh", model.radius_of_mass_fraction(0.5), 1e-9);
  }
}

TEST(GlobularModel, HasTheProfilesOfLimepy) {
  const auto table = tests::read_reference("limepy_profiles.csv");
  const auto models = tests::read_reference("limepy.csv");
  ASSERT_EQ(table.rows.size(), 240U);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto id = static_cast<std::size_t>(table.number(i, "id"));
    const GlobularModel model = reference_model(models, id);
    const double r = table.number(i, "r");
    const auto expect = [&](const char* column, double value, double tolerance) {
      const double reference = table.number(i, column);
      EXPECT_NEAR(value, reference, tolerance * reference) << column << " of model " << id << " at r = " << r;
    };
    // The last radius, 0.995 r_t, carries the 1e-6 error of the reference's edge.
    const double tolerance = r < 0.99 * model.edge_radius() ? 1e-6 : 1e-3;
    expect("psi", model.potential(r), tolerance);
    expect("rho", model.density(r), tolerance);
    expect("v2", model.mean_square_velocity(r), tolerance);
    expect("Mr", model.mass_inside(r), tolerance);
    expect("Sigma", model.surface_density(r), tolerance);
    expect("v2p", model.line_of_sight_dispersion2(r), tolerance);
  }
}

const GlobularParameters kExamples[] = {
    {5.0, 2.0, 1e5, 3.0}, {1.5, 0.001, 1e4, 1.0}, {8.0, 1.6, 1e6, 9.0}, {14.0, 0.4, 3e5, 5.0}};

TEST(GlobularModel, IntegratesItsDistributionFunctionToItsDensityPressureAndMarginal) {
  for (const auto& parameters : kExamples) {
    const GlobularModel model(parameters);
    for (const double fraction : {0.0, 0.1, 0.6, 0.95}) {
      const double r = fraction * model.edge_radius();
      const double escape = std::sqrt(2.0 * model.potential(r));
      const auto moment = [&](int power) {
        return 4.0 * pi *
               integrate_to_end([&](double v) { return std::exp(model.log_df(r, v)) * std::pow(v, power); }, escape);
      };
      EXPECT_NEAR(moment(2) / model.density(r), 1.0, 1e-7);
      EXPECT_NEAR(moment(4) / (model.density(r) * model.mean_square_velocity(r)), 1.0, 1e-7);
      const double w = 0.4 * escape;
      const double marginal =
          2.0 * integrate_to_end([&](double v) { return std::exp(model.log_probability(r, std::hypot(v, w))); },
                                 std::sqrt(escape * escape - w * w));
      EXPECT_NEAR(std::log(marginal), model.log_marginal_probability(r, w), 1e-7);
    }
  }
}

TEST(GlobularModel, ObeysTheVirialTheorem) {
  // 2 K = int rho <v^2> dV must equal -U = G M^2 / (2 r_v).
  for (const auto& parameters : kExamples) {
    const GlobularModel model(parameters);
    const double xi_edge = std::asinh(model.edge_radius() / model.king_radius());
    const double kinetic2 = boost::math::quadrature::gauss_kronrod<double, 31>::integrate(
        [&](double t) {
          const double r = model.king_radius() * std::sinh(t);
          const double volume = 4.0 * pi * r * r * model.king_radius() * std::cosh(t);
          return volume * model.density(r) * model.mean_square_velocity(r);
        },
        0.0, xi_edge, 8, 1e-10);
    const double potential = astrometry::kGravity * parameters.mass * parameters.mass / (2.0 * model.virial_radius());
    EXPECT_NEAR(kinetic2 / potential, 1.0, 1e-8) << parameters.phi0;
  }
}

TEST(GlobularModel, AddsUpToItsMassInSpaceAndInProjection) {
  for (const auto& parameters : kExamples) {
    const GlobularModel model(parameters);
    const auto integral = [&](auto surface, double end) {
      const double t_end = std::asinh(end / model.king_radius());
      return boost::math::quadrature::gauss_kronrod<double, 31>::integrate(
          [&](double t) {
            const double r = model.king_radius() * std::sinh(t);
            return surface(r) * model.king_radius() * std::cosh(t);
          },
          0.0, t_end, 8, 1e-9);
    };
    const auto shell = [&](double r) { return 4.0 * pi * r * r * model.density(r); };
    for (const double fraction : {0.01, 0.3, 0.8}) {
      const double r = fraction * model.edge_radius();
      EXPECT_NEAR(integral(shell, r) / model.mass_inside(r), 1.0, 1e-8) << parameters.phi0 << " " << fraction;
    }
    const auto ring = [&](double r) { return 2.0 * pi * r * model.surface_density(r); };
    EXPECT_NEAR(integral(ring, model.edge_radius()) / parameters.mass, 1.0, 1e-7) << parameters.phi0;
  }
}

TEST(GlobularModel, ProjectsToAMillionthCloseToTheEdge) {
  for (const auto& parameters : kExamples) {
    const GlobularModel model(parameters);
    for (const double fraction : {0.0, 1e-3, 0.3, 0.9, 0.995}) {
      const double R = fraction * model.edge_radius();
      const double top = std::sqrt(model.edge_radius() * model.edge_radius() - R * R);
      double sum = 0.0;
      double sum_pressure = 0.0;
      constexpr int kSteps = 20000;  // midpoint rule in t, z = top t^3 (10 - 15 t + 6 t^2): flat at both ends
      for (int i = 0; i < kSteps; ++i) {
        const double t = (i + 0.5) / kSteps;
        const double z = top * t * t * t * (10.0 + t * (-15.0 + 6.0 * t));
        const double dz = 30.0 * top * t * t * (1.0 - t) * (1.0 - t) / kSteps;
        const double r = std::hypot(R, z);
        const double mass = 2.0 * dz * model.density(r);
        sum += mass;
        sum_pressure += mass * model.mean_square_velocity(r) / 3.0;
      }
      EXPECT_NEAR(model.surface_density(R) / sum, 1.0, 1e-6) << parameters.phi0 << " " << fraction;
      EXPECT_NEAR(model.line_of_sight_dispersion2(R) * sum / sum_pressure, 1.0, 1e-6)
          << parameters.phi0 << " " << fraction;
    }
  }
}

TEST(GlobularModel, InvertsItsMassProfile) {
  for (const auto& parameters : kExamples) {
    const GlobularModel model(parameters);
    for (const double u : {1e-15, 1e-6, 0.01, 0.5, 0.9, 0.999999}) {
      EXPECT_NEAR(model.mass_inside(model.radius_of_mass_fraction(u)) / (u * parameters.mass), 1.0, 1e-13) << u;
    }
    EXPECT_EQ(model.radius_of_mass_fraction(0.0), 0.0);
    EXPECT_EQ(model.radius_of_mass_fraction(1.0), model.edge_radius());
    EXPECT_NEAR(model.radius_of_mass_fraction(0.5), parameters.half_mass_radius, 1e-9 * parameters.half_mass_radius);
  }
}

TEST(GlobularModel, IsEmptyBeyondItsEdgeAndAboveTheEscapeSpeed) {
  const GlobularModel model({5.0, 1.0, 1e5, 3.0});
  const double outside = 1.01 * model.edge_radius();
  EXPECT_EQ(model.potential(outside), 0.0);
  EXPECT_EQ(model.density(outside), 0.0);
  EXPECT_EQ(model.mean_square_velocity(outside), 0.0);
  EXPECT_EQ(model.surface_density(outside), 0.0);
  EXPECT_EQ(model.line_of_sight_dispersion2(outside), 0.0);
  EXPECT_EQ(model.mass_inside(outside), 1e5);
  EXPECT_EQ(model.log_df(outside, 0.0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(model.log_df(1.0, 1.0001 * std::sqrt(2.0 * model.potential(1.0))),
            -std::numeric_limits<double>::infinity());
  EXPECT_GT(model.log_df(1.0, 0.9999 * std::sqrt(2.0 * model.potential(1.0))), -40.0);
}

TEST(GlobularModel, NamesTheParameterThatIsWrong) {
  const auto message = [](const GlobularParameters& parameters) -> std::string {
    try {
      GlobularModel model(parameters);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message({-1.0, 1.0, 1e5, 3.0}).find("phi0 = -1"), std::string::npos);
  EXPECT_NE(message({5.0, 3.5, 1e5, 3.0}).find("g = 3.5"), std::string::npos);
  EXPECT_NE(message({10.0, 3.0, 1e5, 3.0}).find("no finite edge"), std::string::npos);
  EXPECT_NE(message({5.0, 1.0, 0.0, 3.0}).find("mass = 0"), std::string::npos);
  EXPECT_NE(message({5.0, 1.0, 1e5, -3.0}).find("half_mass_radius = -3"), std::string::npos);
}

}  // namespace
}  // namespace praesepe::sim::globular
