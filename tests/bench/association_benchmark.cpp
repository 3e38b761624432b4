// Log likelihood and gradient of an association before a field, every other star without radial velocity.
#include <benchmark/benchmark.h>

#include <limits>

#include "infer/models/association/association_component.hpp"
#include "infer/models/association/present_day_gaussian.hpp"
#include "sim/random/stream.hpp"

namespace {

using namespace praesepe;
using namespace praesepe::infer::models::association;

std::shared_ptr<const StarStates> stars(Eigen::Index count) {
  sim::random::Stream rng({.seed = 1}, sim::random::Purpose::latents);
  const Vector6 errors{0.02, 0.02, 0.03, 0.03, 0.03, 1.0};
  std::vector<StarState> states;
  for (Eigen::Index n = 0; n < count; ++n) {
    Vector6 state;
    for (int i = 0; i < 6; ++i) state[i] = (i < 3 ? 40.0 : 5.0) * rng.normal();
    auto star = to_icrs(state, sim::association::GalacticFrame());
    if (n % 2 == 0) star.radial_velocity = std::numeric_limits<double>::quiet_NaN();
    states.push_back(star_state(star, errors.cwiseAbs2().asDiagonal(), {}));
  }
  return std::make_shared<const StarStates>(std::move(states));
}

/// Argument: number of stars.
template <Orbits kOrbits>
void log_likelihood(benchmark::State& state) {
  const auto data = stars(state.range(0));
  const AssociationComponent::Indices group{.mean = 1, .birth = sphere(7, 8), .age = 9};
  const PresentDayGaussian::Indices field{.mean = 10, .shape = axes(16, 22)};
  std::vector<infer::density::Mixture::Part> parts(2);
  parts[0] = {
      .name = "association", .component = std::make_shared<AssociationComponent>(data, group, kOrbits), .weight = 0};
  parts[1] = {.name = "field", .component = std::make_shared<PresentDayGaussian>(data, field)};
  const infer::density::StarLikelihood likelihood(37, std::make_shared<infer::density::Mixture>(std::move(parts)));
  Eigen::VectorXd theta = Eigen::VectorXd::Zero(37), gradient(37);
  theta[0] = 0.3;
  theta.segment(7, 3) << 10.0, 1.0, 20.0;
  theta.segment(16, 6) << 40.0, 40.0, 40.0, 6.0, 6.0, 6.0;
  for (auto _ : state) {
    theta[1] += 1e-9;  // never the same model twice
    benchmark::DoNotOptimize(likelihood.log_likelihood(theta, gradient));
  }
}

}  // namespace

BENCHMARK(log_likelihood<Orbits::linear>)->Arg(100)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);
BENCHMARK(log_likelihood<Orbits::own>)->Arg(100)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);

BENCHMARK_MAIN();
