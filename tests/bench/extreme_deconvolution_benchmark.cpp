// One E step of extreme deconvolution, and whole fits: 10^4 points in six dimensions, full noise covariance each.
#include <benchmark/benchmark.h>

#include <Eigen/Cholesky>
#include <limits>
#include <string>
#include <vector>

#include "infer/em/expectation.hpp"
#include "infer/em/extreme_deconvolution.hpp"
#include "sim/random/stream.hpp"

namespace {

using namespace praesepe::infer::em;
using praesepe::sim::random::Purpose;
using praesepe::sim::random::Stream;

constexpr Eigen::Index kDimension = 6;
constexpr int kPoints = 10000;

Vector normals(Eigen::Index size, Stream& stream) {
  Vector z(size);
  for (double& value : z) value = stream.normal();
  return z;
}

/// What part of the values is there, and how.
enum Kind { kComplete, kMissing, kProjected };

/// K components, `apart` of their widths from the origin.
GaussianMixture mixture_of(int components, double apart, Stream& stream) {
  GaussianMixture mixture;
  for (int k = 0; k < components; ++k) {
    Matrix root = Matrix::Identity(kDimension, kDimension);
    root.col(k % kDimension) += 0.5 * normals(kDimension, stream);
    mixture.components.push_back({1.0 / components, apart * normals(kDimension, stream), root * root.transpose()});
  }
  return mixture;
}

NoisyPoints points_of(const GaussianMixture& mixture, Kind kind, Stream& stream) {
  NoisyPoints points(kDimension);
  for (int i = 0; i < kPoints; ++i) {
    const auto& component = mixture.components[static_cast<std::size_t>(i) % mixture.size()];
    const Matrix root = Matrix(component.covariance.llt().matrixL());
    const Matrix noise_root = 0.2 * (Matrix::Identity(kDimension, kDimension) +
                                     0.3 * normals(kDimension, stream) * normals(kDimension, stream).transpose());
    Vector y = component.mean + root * normals(kDimension, stream) + noise_root * normals(kDimension, stream);
    const Matrix noise = noise_root * noise_root.transpose();
    if (kind == kMissing && i % 2 == 0) y[5] = std::numeric_limits<double>::quiet_NaN();
    if (kind == kProjected)
      points.add(y.head(5), noise.topLeftCorner(5, 5), Matrix::Identity(5, kDimension));
    else
      points.add(y, noise);
  }
  return points;
}

/// Argument: K.
void e_step(benchmark::State& state, Kind kind) {
  Stream stream({.seed = 1}, Purpose::latents);
  const auto mixture = mixture_of(static_cast<int>(state.range(0)), 2.0, stream);
  const auto packed = pack(points_of(mixture, kind, stream));
  for (auto _ : state) benchmark::DoNotOptimize(expectation(packed, mixture));
  state.counters["per_point_component"] =
      benchmark::Counter(static_cast<double>(kPoints * state.range(0)),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// Argument: K. From the truth to the maximum, components almost concentric, accelerated or plain.
void whole_fit(benchmark::State& state, bool accelerate) {
  Stream stream({.seed = 1}, Purpose::latents);
  const auto mixture = mixture_of(static_cast<int>(state.range(0)), 0.2, stream);
  const auto points = points_of(mixture, kComplete, stream);
  Fit result;
  for (auto _ : state) result = fit(points, mixture, {.tolerance = 1e-10, .accelerate = accelerate});
  state.counters["passes"] = result.passes;
  state.counters["objective"] = result.objective();
  state.SetLabel(std::string(name_of(result.state)));
}

}  // namespace

BENCHMARK_CAPTURE(e_step, complete, kComplete)->Arg(2)->Arg(5)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(e_step, one_value_missing_in_half, kMissing)->Arg(2)->Arg(5)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(e_step, projected_to_five, kProjected)->Arg(2)->Arg(5)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(whole_fit, accelerated, true)->Arg(2)->Arg(5)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(whole_fit, plain, false)->Arg(2)->Arg(5)->Unit(benchmark::kMillisecond)->Iterations(1);

BENCHMARK_MAIN();
