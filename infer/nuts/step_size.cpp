#include "infer/nuts/step_size.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sim/error.hpp"

namespace praesepe::infer::nuts {

namespace {

constexpr double kGamma = 0.05;
constexpr double kT0 = 10.0;
constexpr double kKappa = 0.75;

}  // namespace

double find_step_size(Hamiltonian& hamiltonian, const State& state, sim::random::Stream& stream) {
  PhasePoint from(hamiltonian.dimension()), to(hamiltonian.dimension());
  const auto is_accurate = [&](double step) {
    hamiltonian.start(state, stream, from);
    hamiltonian.leapfrog(from, step, to);
    return from.energy - to.energy > std::log(0.8);
  };
  double step = 1.0;
  const bool grow = is_accurate(step);
  do {
    step *= grow ? 2.0 : 0.5;
    if (step > kMaxStepSize)
      throw TaskFailure(
          fmt::format("no step size found: a leapfrog step of {:.0e} still keeps the energy. "
                      "The density does not fall off; is it proper?",
                      kMaxStepSize));
    if (step < kMinStepSize)
      throw TaskFailure(
          fmt::format("no step size found: a leapfrog step of {:.0e} still changes the energy. "
                      "Is the gradient that of the log density at the starting point?",
                      kMinStepSize));
  } while (is_accurate(step) == grow);
  return step;
}

void DualAveraging::restart(double step) {
  mu_ = std::log(10.0 * step);
  s_ = 0.0;
  x_ = x_bar_ = std::log(step);
  t_ = 0;
}

void DualAveraging::update(double acceptance_rate) {
  ++t_;
  const double t = t_;
  s_ += (target_accept_ - acceptance_rate - s_) / (t + kT0);
  x_ = mu_ - s_ * std::sqrt(t) / kGamma;
  const double weight = std::pow(t, -kKappa);
  x_bar_ += weight * (x_ - x_bar_);
}

double DualAveraging::step_size() const { return std::exp(x_); }

double DualAveraging::averaged() const { return std::exp(x_bar_); }

}  // namespace praesepe::infer::nuts
