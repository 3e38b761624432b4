// Log density of the collapsed globular posterior with its gradient, 1000 stars, by the campaign's rule and the
// reference rule; and without.
#include <benchmark/benchmark.h>

#include "infer/models/globular/collapsed_likelihood.hpp"
#include "tests/infer/models/globular/regimes.hpp"

namespace {

using praesepe::infer::models::globular::QuadratureRule;

/// Argument: index of the regime.
void log_density(benchmark::State& state, const QuadratureRule& rule) {
  const auto regime = praesepe::tests::regimes()[static_cast<std::size_t>(state.range(0))];
  const auto likelihood = praesepe::tests::collapsed(praesepe::tests::catalogue_of(regime, 1000.0), rule);
  Eigen::VectorXd theta = praesepe::tests::near_truth(regime), gradient(theta.size());
  for (auto _ : state) {
    theta[0] += 1e-9;  // never the same model twice
    benchmark::DoNotOptimize(likelihood.log_likelihood(theta, gradient));
  }
  state.SetLabel(regime.name);
}

/// A catalogue of 10^5 stars, of the regime at 1 kpc. Argument: threads.
void large_catalogue(benchmark::State& state) {
  const auto regime = praesepe::tests::regimes().front();
  const auto likelihood =
      praesepe::tests::collapsed(praesepe::tests::catalogue_of(regime, 1e5), QuadratureRule::standard());
  likelihood.use_threads(static_cast<int>(state.range(0)));
  Eigen::VectorXd theta = regime.truth, gradient(theta.size());
  for (auto _ : state) {
    theta[0] += 1e-9;
    benchmark::DoNotOptimize(likelihood.log_likelihood(theta, gradient));
  }
}

/// The value alone, which importance sampling asks for.
void value(benchmark::State& state) {
  const auto regime = praesepe::tests::regimes()[static_cast<std::size_t>(state.range(0))];
  const auto likelihood =
      praesepe::tests::collapsed(praesepe::tests::catalogue_of(regime, 1000.0), QuadratureRule::standard());
  Eigen::VectorXd theta = praesepe::tests::near_truth(regime);
  for (auto _ : state) {
    theta[0] += 1e-9;  // never the same model twice
    benchmark::DoNotOptimize(likelihood.value(theta));
  }
  state.SetLabel(regime.name);
}

}  // namespace

BENCHMARK(value)->DenseRange(0, 6)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(log_density, standard, QuadratureRule::standard())->DenseRange(0, 6)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(log_density, reference, QuadratureRule::reference())->DenseRange(0, 6)->Unit(benchmark::kMillisecond);

BENCHMARK(large_catalogue)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

BENCHMARK_MAIN();
