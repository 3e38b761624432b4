#include "sim/globular/globular_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "sim/error.hpp"
#include "sim/globular/e_gamma.hpp"

namespace praesepe::sim::globular {

namespace {

constexpr SolverOptions kFine{.step = 0.025};
constexpr int kPanels = 6;  // of the line-of-sight integral, with 20 Gauss-Legendre nodes each

double positive(const char* name, double value, const char* unit) {
  if (!(value > 0.0 && std::isfinite(value))) {
    throw InputError(fmt::format("{} = {} is not a positive number ({}).", name, value, unit));
  }
  return value;
}

}  // namespace

GlobularModel::GlobularModel(const GlobularParameters& parameters, double gravity)
    : parameters_(parameters), structure_(parameters.phi0, parameters.g, kFine) {
  const double mass = positive("mass", parameters.mass, "Msun");
  const double half_mass_radius = positive("half_mass_radius", parameters.half_mass_radius, "pc");
  positive("G", gravity, "pc Msun^-1 (km/s)^2");
  r0_ = half_mass_radius / structure_.half_mass_radius().value;
  s2_ = gravity * mass / (r0_ * structure_.mass().value);
  const double central_density = 9.0 * s2_ / (4.0 * std::numbers::pi * gravity * r0_ * r0_);  // definition of r0
  amplitude_ = central_density / (std::pow(2.0 * std::numbers::pi * s2_, 1.5) * structure_.central_density_e().value);
  virial_radius_ = half_mass_radius * structure_.virial_ratio().value;
  const PotentialTable& table = structure_.table();
  for (int k = 0; k < table.intervals; ++k) {
    const double x = std::sqrt(std::expm1(k * table.step));
    if (x >= structure_.edge().value) break;
    node_mass_.push_back(structure_.mass_inside(x).value);
  }
}

double GlobularModel::central_density() const {
  return amplitude_ * std::pow(2.0 * std::numbers::pi * s2_, 1.5) * structure_.central_density_e().value;
}

double GlobularModel::radius_of_mass_fraction(double fraction) const {
  const double target = fraction * structure_.mass().value;
  const auto above = std::upper_bound(node_mass_.begin(), node_mass_.end(), target);
  if (above == node_mass_.begin() || !(fraction < 1.0)) return fraction < 1.0 ? 0.0 : edge_radius();
  const double step = structure_.table().step;
  const auto k = static_cast<double>(above - node_mass_.begin());
  const double low = std::sqrt(std::expm1((k - 1.0) * step));
  const double high = above == node_mass_.end() ? structure_.edge().value
                                                : std::min(structure_.edge().value, std::sqrt(std::expm1(k * step)));
  const auto excess = [&](double x) { return structure_.mass_inside(x).value - target; };
  const double excess_low = excess(low);
  const double excess_high = excess(high);
  if (!(excess_low < 0.0)) return r0_ * low;
  if (!(excess_high > 0.0)) return r0_ * high;
  std::uintmax_t iterations = 60;
  const auto [a, b] = boost::math::tools::toms748_solve(excess, low, high, excess_low, excess_high,
                                                        boost::math::tools::eps_tolerance<double>(52), iterations);
  return r0_ * 0.5 * (a + b);
}

double GlobularModel::potential(double r) const { return s2_ * std::max(0.0, structure_.potential(r / r0_).value); }

double GlobularModel::density(double r) const {
  return amplitude_ * std::pow(2.0 * std::numbers::pi * s2_, 1.5) *
         e_gamma(parameters_.g + 1.5, potential(r) / s2_).value;
}

double GlobularModel::mean_square_velocity(double r) const {
  const double phi = potential(r) / s2_;
  if (phi == 0.0) return 0.0;
  return 3.0 * s2_ *
         std::exp(log_e_gamma(parameters_.g + 2.5, phi).value - log_e_gamma(parameters_.g + 1.5, phi).value);
}

double GlobularModel::mass_inside(double r) const {
  return parameters_.mass * structure_.mass_inside(r / r0_).value / structure_.mass().value;
}

double GlobularModel::log_marginal(double order, double r, double speed) const {
  const double depth = (potential(r) - 0.5 * speed * speed) / s2_;
  if (!(depth > 0.0)) return -std::numeric_limits<double>::infinity();
  return std::log(amplitude_) + log_e_gamma(order, depth).value;
}

double GlobularModel::log_df(double r, double speed) const { return log_marginal(parameters_.g, r, speed); }

double GlobularModel::log_probability(double r, double speed) const {
  return log_df(r, speed) - std::log(parameters_.mass);
}

double GlobularModel::log_marginal_probability(double r, double speed) const {
  return log_marginal(parameters_.g + 0.5, r, speed) + 0.5 * std::log(2.0 * std::numbers::pi * s2_) -
         std::log(parameters_.mass);
}

/// With z = b sinh(T (1 - u^2)), b^2 = R^2 + r0^2, the integrand is smooth from the mid-plane (u = 1) to the edge (u =
/// 0), where density and pressure vanish as u^(2g+3) and u^(2g+5).
GlobularModel::Projection GlobularModel::project(double R) const {
  if (R >= edge_radius()) return {};
  const double b = std::hypot(R, r0_);
  const double T = std::asinh(std::sqrt((edge_radius() - R) * (edge_radius() + R)) / b);
  Projection sum;
  const auto add = [&](double weight, double u) {
    const double t = T * (1.0 - u) * (1.0 + u);
    const double dz = weight * b * std::cosh(t) * 2.0 * T * u;
    const double phi = potential(std::hypot(R, b * std::sinh(t))) / s2_;
    sum.density += dz * e_gamma(parameters_.g + 1.5, phi).value;
    sum.pressure += dz * e_gamma(parameters_.g + 2.5, phi).value;
  };
  using Gauss = boost::math::quadrature::gauss<double, 20>;
  constexpr double half_width = 0.5 / kPanels;
  for (int panel = 0; panel < kPanels; ++panel) {
    const double centre = (2 * panel + 1) * half_width;
    for (std::size_t i = 0; i < Gauss::abscissa().size(); ++i) {
      add(half_width * Gauss::weights()[i], centre - half_width * Gauss::abscissa()[i]);
      add(half_width * Gauss::weights()[i], centre + half_width * Gauss::abscissa()[i]);
    }
  }
  const double scale = 2.0 * amplitude_ * std::pow(2.0 * std::numbers::pi * s2_, 1.5);
  return {scale * sum.density, scale * s2_ * sum.pressure};
}

double GlobularModel::surface_density(double R) const { return project(R).density; }

double GlobularModel::line_of_sight_dispersion2(double R) const {
  const Projection projection = project(R);
  return projection.density > 0.0 ? projection.pressure / projection.density : 0.0;
}

}  // namespace praesepe::sim::globular
