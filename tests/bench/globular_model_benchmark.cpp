// Cost of the lowered isothermal models: solving with sensitivities, and sampling stars.
#include <benchmark/benchmark.h>

#include "sim/globular/e_gamma_expansion.hpp"
#include "sim/globular/globular_model.hpp"
#include "sim/globular/lowered_isothermal.hpp"
#include "sim/globular/star_sampler.hpp"
#include "sim/globular/virial_boundary.hpp"

namespace praesepe::sim::globular {
namespace {

void solve_structure(benchmark::State& state) {
  const double phi0 = static_cast<double>(state.range(0));
  const double g = 0.1 * static_cast<double>(state.range(1));
  LoweredIsothermal model;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.solve(phi0, g));
    benchmark::ClobberMemory();
  }
  state.counters["intervals"] = model.table().intervals;
}
BENCHMARK(solve_structure)
    ->ArgNames({"phi0", "10g"})
    ->Args({3, 12})
    ->Args({5, 20})
    ->Args({8, 16})
    ->Args({14, 10})
    ->Unit(benchmark::kMicrosecond);

void sample_1000_stars(benchmark::State& state) {
  const GlobularModel model({.phi0 = 5.0, .g = 2.0, .mass = 1e5, .half_mass_radius = 3.0});
  random::Stream stream({1, 2, 3}, random::Purpose::latents);
  for (auto _ : state) benchmark::DoNotOptimize(sample_stars(model, 1000, stream));
}
BENCHMARK(sample_1000_stars)->Unit(benchmark::kMicrosecond);

void make_model(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(GlobularModel({.phi0 = 5.0, .g = 2.0, .mass = 1e5, .half_mass_radius = 3.0}));
}
BENCHMARK(make_model)->Unit(benchmark::kMicrosecond);

void project(benchmark::State& state) {
  const GlobularModel model({.phi0 = 5.0, .g = 2.0, .mass = 1e5, .half_mass_radius = 3.0});
  for (auto _ : state) benchmark::DoNotOptimize(model.surface_density(2.0));
}
BENCHMARK(project)->Unit(benchmark::kMicrosecond);

template <class Function>
void evaluate_e_gamma(benchmark::State& state, Function&& function) {
  double x = 0.0;
  for (auto _ : state) {
    x = x < 7.9 ? x + 0.0931 : 1e-3;
    benchmark::DoNotOptimize(function(x));
  }
}
void e_gamma_series(benchmark::State& state) {
  evaluate_e_gamma(state, [](double x) { return e_gamma(3.1, x); });
}
BENCHMARK(e_gamma_series);

void e_gamma_tabulated(benchmark::State& state) {
  EGammaExpansion expansion;
  expansion.prepare(3.1, 8.0);
  evaluate_e_gamma(state, expansion);
}
BENCHMARK(e_gamma_tabulated);

void boundary(benchmark::State& state) {
  double phi0 = 1.5;
  for (auto _ : state) {
    phi0 = phi0 < 13.0 ? phi0 + 0.731 : 1.5;
    benchmark::DoNotOptimize(virial_boundary(phi0));
  }
}
BENCHMARK(boundary);

}  // namespace
}  // namespace praesepe::sim::globular

BENCHMARK_MAIN();
