// The potential of a solved lowered isothermal sphere as a function of q = x^2, with all derivatives, and its inverse.
//
// phi is that of PotentialTable, and the derivatives are exactly those of its polynomials: for densities whose gradient
// must be that of what is computed. q from 0 to the end of the table, which lies beyond the edge.
#pragma once

#include "sim/globular/lowered_isothermal.hpp"

namespace praesepe::sim::globular {

struct PotentialAt {
  double phi, d_q, d_phi0, d_g;
};
PotentialAt potential_at(const PotentialTable& table, double q);

/// q at which phi has the given value, 0 <= phi < phi0: to rounding.
double square_at(const PotentialTable& table, double phi);

}  // namespace praesepe::sim::globular
