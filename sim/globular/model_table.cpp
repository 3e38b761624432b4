#include "sim/globular/model_table.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "sim/error.hpp"

namespace praesepe::sim::globular {

namespace {

void require_non_negative(const char* name, std::size_t row, double value) {
  if (!(value >= 0.0 && std::isfinite(value))) {
    throw InputError(fmt::format("row {}, column {}: {} is not a finite number >= 0.", row + 1, name, value));
  }
}

}  // namespace

std::vector<double> default_radii(const GlobularModel& model) {
  constexpr int kIntervals = 100;
  const double edge = model.structure().edge().value;
  const double edge_xi = std::log1p(edge * edge);
  std::vector<double> radii;
  for (int i = 0; i < kIntervals; ++i) {
    radii.push_back(model.king_radius() * std::sqrt(std::expm1(edge_xi * i / kIntervals)));
  }
  radii.push_back(model.edge_radius());
  return radii;
}

std::string model_table(const GlobularModel& model, std::span<const double> radii) {
  std::string text;
  const auto out = std::back_inserter(text);
  const auto quantity = [&](const char* name, double value) { fmt::format_to(out, "# {} = {:.17g}\n", name, value); };
  quantity("rt", model.edge_radius());
  quantity("rh", model.radius_of_mass_fraction(0.5));
  quantity("rv", model.virial_radius());
  quantity("r0", model.king_radius());
  quantity("A", model.amplitude());
  quantity("s2", model.s2());
  quantity("phi_0", model.potential(0.0));
  quantity("rho_0", model.density(0.0));
  quantity("v2_1d_0", model.mean_square_velocity(0.0) / 3.0);
  text += "r,phi,rho,v2,mass,Sigma,v2p\n";
  for (std::size_t i = 0; i < radii.size(); ++i) {
    const double r = radii[i];
    require_non_negative("r", i, r);
    fmt::format_to(out, "{:.17g},{:.17g},{:.17g},{:.17g},{:.17g},{:.17g},{:.17g}\n", r, model.potential(r),
                   model.density(r), model.mean_square_velocity(r), model.mass_inside(r), model.surface_density(r),
                   model.line_of_sight_dispersion2(r));
  }
  return text;
}

std::string df_table(const GlobularModel& model, std::span<const double> radii, std::span<const double> speeds) {
  if (radii.size() != speeds.size()) {
    throw InputError(
        fmt::format("{} radii but {} speeds: one speed a radius is expected.", radii.size(), speeds.size()));
  }
  std::string text = "r,v,ln_f,ln_f_over_M,ln_f_marginal_over_M\n";
  for (std::size_t i = 0; i < radii.size(); ++i) {
    require_non_negative("r", i, radii[i]);
    require_non_negative("v", i, speeds[i]);
    fmt::format_to(std::back_inserter(text), "{:.17g},{:.17g},{:.17g},{:.17g},{:.17g}\n", radii[i], speeds[i],
                   model.log_df(radii[i], speeds[i]), model.log_probability(radii[i], speeds[i]),
                   model.log_marginal_probability(radii[i], speeds[i]));
  }
  return text;
}

}  // namespace praesepe::sim::globular
