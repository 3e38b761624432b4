#include "sim/globular/potential_lookup.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "sim/globular/quintic.hpp"

namespace praesepe::sim::globular {

PotentialAt potential_at(const PotentialTable& table, double q) {
  const double scaled = std::log1p(q) / table.step;
  const int interval = std::min(static_cast<int>(scaled), table.intervals - 1);
  const auto first = static_cast<std::size_t>(interval) * 6;
  const double t = scaled - interval;
  return {quintic(&table.phi[first], t), quintic_slope(&table.phi[first], t) / (table.step * (1.0 + q)),
          quintic(&table.d_phi0[first], t), quintic(&table.d_g[first], t)};
}

double square_at(const PotentialTable& table, double phi) {
  int low = 0, high = table.intervals;  // phi(low) > value >= phi(high)
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (table.phi[static_cast<std::size_t>(middle) * 6] > phi ? low : high) = middle;
  }
  // Secant, then Newton: within an interval phi is nearly straight.
  const double* c = &table.phi[static_cast<std::size_t>(low) * 6];
  double t = std::clamp((phi - c[0]) / (quintic(c, 1.0) - c[0]), 0.0, 1.0);
  for (int step = 0; step < 5; ++step) {
    const double move = (quintic(c, t) - phi) / quintic_slope(c, t);
    if (!std::isfinite(move)) break;  // at the centre, where the slope is zero
    t = std::clamp(t - move, 0.0, 1.0);
    if (std::abs(move) < 1e-14) break;
  }
  return std::expm1((low + t) * table.step);
}

}  // namespace praesepe::sim::globular
