#include "sim/globular/model_checks.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <numbers>
#include <vector>

#include "sim/globular/adaptive_structure.hpp"
#include "sim/globular/e_gamma.hpp"
#include "sim/globular/virial_boundary.hpp"

namespace praesepe::sim::globular {

namespace {

/// What makes ln f of the dimensionless phi: scales of a model in physical units.
struct Scales {
  double r0, s2, log_amplitude;

  Scales(const GlobularParameters& parameters, double gravity, double half_mass_radius, double mass, double log_e) {
    r0 = parameters.half_mass_radius / half_mass_radius;
    s2 = gravity * parameters.mass / (r0 * mass);
    const double density = 9.0 * s2 / (4.0 * std::numbers::pi * gravity * r0 * r0);  // definition of r0
    log_amplitude = std::log(density) - 1.5 * std::log(2.0 * std::numbers::pi * s2) - log_e;
  }
  double depth(double phi, double speed) const { return phi - 0.5 * speed * speed / s2; }
};

struct Cut {
  const char* name;
  std::vector<double> r, v;
};

/// Where this speed is that of escape, in r0; by bisection.
double escape_radius(const LoweredIsothermal& structure, const Scales& scales, double speed) {
  double low = 0.0, high = structure.edge().value;
  while (high - low > 1e-12 * high) {
    const double middle = 0.5 * (low + high);
    (scales.depth(structure.potential(middle).value, speed) > 0.0 ? low : high) = middle;
  }
  return low;
}

/// Lines through a model, ascending in r, as AdaptiveStructure wants them.
std::array<Cut, 2> cuts(const LoweredIsothermal& structure, const Scales& scales, double half_mass_radius) {
  constexpr int kPoints = 200;
  const double escape = std::sqrt(2.0 * structure.potential(half_mass_radius / scales.r0).value * scales.s2);
  const double speed = 0.3 * std::sqrt(2.0 * structure.phi0() * scales.s2);
  const double reach = scales.r0 * escape_radius(structure, scales, speed);
  std::array<Cut, 2> result{{{"radius", {}, {}}, {"speed", {}, {}}}};
  for (int i = 0; i < kPoints; ++i) {
    const double fraction = static_cast<double>(i) / kPoints;
    result[0].r.push_back(fraction * fraction * reach);  // denser in the core
    result[0].v.push_back(speed);
    result[1].r.push_back(half_mass_radius);
    result[1].v.push_back(fraction * escape);
  }
  return result;
}

}  // namespace

std::string virial_table() {
  std::string text = "phi0,g,virial_ratio,F_b\n";
  LoweredIsothermal structure;
  for (int i = 14; i <= 160; ++i) {
    const double phi0 = i / 10.0, bound = virial_boundary(phi0).value;
    for (int j = 0; j < 175; ++j) {
      const double g = j / 50.0;
      const double ratio =
          structure.solve(phi0, g) ? structure.virial_ratio().value : std::numeric_limits<double>::quiet_NaN();
      fmt::format_to(std::back_inserter(text), "{},{},{},{}\n", phi0, g, ratio, bound);
    }
  }
  return text;
}

std::string accuracy_table(const GlobularParameters& parameters, double gravity) {
  const GlobularModel valid(parameters, gravity);  // refuses what is none
  const LoweredIsothermal fast(parameters.phi0, parameters.g);
  const AdaptiveStructure precise(parameters.phi0, parameters.g);
  const Scales scales(parameters, gravity, fast.half_mass_radius().value, fast.mass().value,
                      fast.log_central_density_e().value);
  const Scales precise_scales(parameters, gravity, precise.half_mass_radius(), precise.mass(),
                              precise.log_central_density_e());
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "# phi0 = {}\n# g = {}\n# mass = {}\n# half_mass_radius = {}\n", parameters.phi0, parameters.g,
                 parameters.mass, parameters.half_mass_radius);
  text += "cut,r,v,ln_f,ln_f_precise\n";
  for (const Cut& cut : cuts(fast, scales, parameters.half_mass_radius)) {
    std::vector<double> x;
    for (const double r : cut.r) x.push_back(r / precise_scales.r0);
    const auto phi = precise.potentials(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double depth = scales.depth(fast.potential(cut.r[i] / scales.r0).value, cut.v[i]);
      const double precise_depth = precise_scales.depth(phi[i], cut.v[i]);
      if (!(depth > 0.0 && precise_depth > 0.0)) continue;
      fmt::format_to(out, "{},{},{},{},{}\n", cut.name, cut.r[i], cut.v[i],
                     scales.log_amplitude + log_e_gamma(parameters.g, depth).value,
                     precise_scales.log_amplitude + AdaptiveStructure::log_e(parameters.g, precise_depth));
    }
  }
  return text;
}

}  // namespace praesepe::sim::globular
