// Effective draws per gradient of the No-U-Turn sampler, with a diagonal and a dense metric; and what a step costs
// beside the gradient.
//
// One iteration is four chains (1000 warm-up transitions for the diagonal metric, 400 for the dense one) of 1000 draws.
// Counters, which depend on the seed and not on the machine: ess_per_leapfrog (kept draws), ess_per_gradient (warm-up
// included), min_ess.
#include <benchmark/benchmark.h>

#include "tests/support/posteriordb.hpp"
#include "tests/support/sampler_efficiency.hpp"

namespace praesepe::tests {
namespace {

using infer::nuts::MetricKind;

void efficiency(benchmark::State& state, const infer::density::LogDensity& target, MetricKind metric) {
  SamplerRun run;
  for (auto _ : state)
    run = run_four_chains(target, {.warmup = metric == MetricKind::dense ? 400 : 1000, .metric = metric}, 1000, 1);
  state.counters["min_ess"] = run.min_ess_bulk;
  state.counters["ess_per_leapfrog"] = run.ess_per_leapfrog();
  state.counters["ess_per_gradient"] = run.ess_per_gradient();
  state.counters["r_hat"] = run.max_r_hat;
}

void ar1_gaussian(benchmark::State& state, MetricKind metric) {
  efficiency(state, Ar1Gaussian::of_dimension_100(), metric);
}
void dense_gaussian(benchmark::State& state, MetricKind metric) {
  efficiency(state, DenseGaussian(Ar1Gaussian::of_dimension_100().precision()), metric);
}
void eight_schools(benchmark::State& state, MetricKind metric) {
  efficiency(state, EightSchools(EightSchools::Form::noncentred), metric);
}
void reference_posterior(benchmark::State& state, MetricKind metric, const char* name) {
  if (const auto reference = read_posteriordb(name)) {
    efficiency(state, *reference->density, metric);
  } else {
    state.SkipWithError("no data");
  }
}

BENCHMARK_CAPTURE(ar1_gaussian, diagonal, MetricKind::diagonal)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(ar1_gaussian, dense, MetricKind::dense)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(dense_gaussian, diagonal, MetricKind::diagonal)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(dense_gaussian, dense, MetricKind::dense)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(eight_schools, diagonal, MetricKind::diagonal)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(eight_schools, dense, MetricKind::dense)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(reference_posterior, kidscore_diagonal, MetricKind::diagonal, "kidscore_momiq")->Iterations(1);
BENCHMARK_CAPTURE(reference_posterior, kidscore_dense, MetricKind::dense, "kidscore_momiq")->Iterations(1);
BENCHMARK_CAPTURE(reference_posterior, arK_diagonal, MetricKind::diagonal, "arK")->Iterations(1);
BENCHMARK_CAPTURE(reference_posterior, arK_dense, MetricKind::dense, "arK")->Iterations(1);

// A full transition of a high-dimensional chain against its gradients alone.
void standard_normal_gradient(benchmark::State& state) {
  const Ar1Gaussian target(Vector::Ones(state.range(0)), 0.0);
  Vector q = Vector::Ones(state.range(0)), gradient = q;
  for (auto _ : state) benchmark::DoNotOptimize(target.log_density(q, gradient));
}
BENCHMARK(standard_normal_gradient)->Arg(60)->Arg(3004);

void step_of_a_transition(benchmark::State& state) {
  const Ar1Gaussian target(Vector::Ones(state.range(0)), 0.0);
  infer::nuts::Chain chain(target, Vector::Ones(state.range(0)), {.warmup = 100, .metric = MetricKind::diagonal},
                           {{.seed = 1}, sim::random::Purpose::chain});
  chain.warm_up();
  const long before = chain.gradients();
  for (auto _ : state) chain.sample(1);
  state.counters["per_step"] = benchmark::Counter(static_cast<double>(chain.gradients() - before),
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(step_of_a_transition)->Arg(60)->Arg(3004);

}  // namespace
}  // namespace praesepe::tests

BENCHMARK_MAIN();
