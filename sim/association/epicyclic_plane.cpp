#include "sim/association/epicyclic_plane.hpp"

namespace praesepe::sim::association {

namespace {

/// The solution of epicyclic_orbit.hpp, 3, with xi = R0 - R and eta = R0 phi, as a matrix: given t or its derivative,
/// and s, c, 1 - c or theirs.
EpicyclicMotion motion(const EpicyclicConstants& of, double one, double time, double s, double c, double versine) {
  const double r0 = of.sun_radius_pc, a = of.oort_a, b = of.oort_b;
  const double kappa = std::sqrt(-4.0 * b * (a - b)), gamma = 2.0 * (a - b) / kappa;
  const double by_excess = a / b, by_rate = 0.5 * r0 / b;                                   // of g
  const double drift_excess = 2.0 * a * (by_excess - 1.0), drift_rate = 2.0 * a * by_rate;  // of 2 A (xi + g)
  return {.by_others = {{{one - by_excess * versine, s / kappa, -by_rate * versine},
                         {(drift_excess * time - gamma * by_excess * s) / r0, -gamma * versine / (kappa * r0),
                          (drift_rate * time - gamma * by_rate * s) / r0},
                         {-kappa * by_excess * s, c, -kappa * by_rate * s},
                         {(drift_excess * one - gamma * kappa * by_excess * c) / r0, -gamma * s / r0,
                          (drift_rate * one - gamma * kappa * by_rate * c) / r0}}},
          .by_itself = one};
}

}  // namespace

EpicyclicTurn::EpicyclicTurn(const EpicyclicConstants& of, double time_myr) : constants(of) {
  const double kappa = std::sqrt(-4.0 * of.oort_b * (of.oort_a - of.oort_b));
  const double s = std::sin(kappa * time_myr), c = std::cos(kappa * time_myr);
  const double half = std::sin(0.5 * kappa * time_myr), versine = 2.0 * half * half;
  there = motion(of, 1.0, time_myr, s, c, versine);
  back = motion(of, 1.0, -time_myr, -s, c, versine);
  rate = motion(of, 0.0, 1.0, kappa * c, -kappa * s, kappa * s);
}

}  // namespace praesepe::sim::association
