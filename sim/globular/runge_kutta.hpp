// One step of Luther's Runge-Kutta method of order six (seven stages; Luther 1968, Math. Comp. 22, 434).
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "sim/globular/sensitive.hpp"

namespace praesepe::sim::globular {

template <std::size_t N>
using SensitiveState = std::array<Sensitive, N>;

/// Fractions of a step at which the stages after the first are evaluated, in order (the first is at 0).
inline const std::array<double, 6> kLutherStages = {
    1.0, 0.5, 2.0 / 3.0, (7.0 - std::sqrt(21.0)) / 14.0, (7.0 + std::sqrt(21.0)) / 14.0, 1.0};

/// y(t + h) for dy/dt = f: `rates(i, y)` is f at stage i = 0..5 of kLutherStages, `first` is f at the start.
template <std::size_t N, class Rates>
SensitiveState<N> luther_step(const SensitiveState<N>& y, const SensitiveState<N>& first, double h, Rates&& rates) {
  static const double s = std::sqrt(21.0);
  // Row i: weights of the stages so far in the argument of the next; the last row makes the step itself.
  static const double kWeights[7][7] = {
      {1.0},
      {3.0 / 8.0, 1.0 / 8.0},
      {8.0 / 27.0, 2.0 / 27.0, 8.0 / 27.0},
      {3.0 * (3.0 * s - 7.0) / 392.0, -8.0 * (7.0 - s) / 392.0, 48.0 * (7.0 - s) / 392.0, -3.0 * (21.0 - s) / 392.0},
      {-5.0 * (231.0 + 51.0 * s) / 1960.0, -40.0 * (7.0 + s) / 1960.0, -320.0 * s / 1960.0,
       3.0 * (21.0 + 121.0 * s) / 1960.0, 392.0 * (6.0 + s) / 1960.0},
      {15.0 * (22.0 + 7.0 * s) / 180.0, 120.0 / 180.0, 40.0 * (7.0 * s - 5.0) / 180.0, -63.0 * (3.0 * s - 2.0) / 180.0,
       -14.0 * (49.0 + 9.0 * s) / 180.0, 70.0 * (7.0 - s) / 180.0},
      {9.0 / 180.0, 0.0, 64.0 / 180.0, 0.0, 49.0 / 180.0, 49.0 / 180.0, 9.0 / 180.0}};
  std::array<SensitiveState<N>, 7> k;
  k[0] = first;
  const auto argument = [&](std::size_t stage) {
    SensitiveState<N> sum{};
    for (std::size_t j = 0; j <= stage; ++j) {
      for (std::size_t n = 0; n < N; ++n) sum[n] = sum[n] + kWeights[stage][j] * k[j][n];
    }
    for (std::size_t n = 0; n < N; ++n) sum[n] = y[n] + h * sum[n];
    return sum;
  };
  for (std::size_t stage = 0; stage < 6; ++stage) k[stage + 1] = rates(stage, argument(stage));
  return argument(6);
}

}  // namespace praesepe::sim::globular
