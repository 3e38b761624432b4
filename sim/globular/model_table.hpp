// The quantities of one lowered isothermal cluster as CSV text: what `praesepe model globular` prints.
//
// Numbers have 17 significant digits and read back exactly. Units: pc, Msun, km/s.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/globular/globular_model.hpp"

namespace praesepe::sim::globular {

/// 0 and 100 radii (pc) up to and including the edge, evenly spaced in ln(1 + r^2/r0^2).
std::vector<double> default_radii(const GlobularModel& model);

/// Lines `# name = value` for rt, rh, rv, r0, A, s2, phi_0, rho_0, v2_1d_0, then the columns
/// r,phi,rho,v2,mass,Sigma,v2p (the last two at the projected radius r). Throws InputError if a radius is negative or
/// not finite.
std::string model_table(const GlobularModel& model, std::span<const double> radii);

/// Columns r,v,ln_f,ln_f_over_M,ln_f_marginal_over_M, one row a pair (radii[i], speeds[i]). Throws InputError if a
/// number is negative or not finite, naming the row (counted from 1).
std::string df_table(const GlobularModel& model, std::span<const double> radii, std::span<const double> speeds);

}  // namespace praesepe::sim::globular
