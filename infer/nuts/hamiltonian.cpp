#include "infer/nuts/hamiltonian.hpp"

#include <cmath>
#include <limits>

namespace praesepe::infer::nuts {

PhasePoint::PhasePoint(Eigen::Index dimension)
    : State{Vector::Zero(dimension), Vector::Zero(dimension), 0.0},
      momentum(Vector::Zero(dimension)),
      force(Vector::Zero(dimension)),
      energy(0.0) {}

Hamiltonian::Hamiltonian(const density::LogDensity& target, InverseMetric metric)
    : target_(&target), metric_(std::move(metric)) {}

void Hamiltonian::start(const State& state, sim::random::Stream& stream, PhasePoint& point) const {
  static_cast<State&>(point) = state;
  for (double& u : point.momentum) u = stream.normal();
  metric_.whiten(point.gradient, point.force);
  point.energy = 0.5 * point.momentum.squaredNorm() - point.lp;
}

void Hamiltonian::leapfrog(const PhasePoint& from, double step, PhasePoint& to) {
  to.energy = std::numeric_limits<double>::infinity();
  to.momentum = from.momentum + 0.5 * step * from.force;
  to.position = from.position;
  metric_.add_scaled(step, to.momentum, to.position);
  if (!std::isfinite(to.position.sum())) return;  // a step that overflowed
  ++gradients_;
  to.lp = target_->log_density(to.position, to.gradient);
  if (!std::isfinite(to.lp)) return;
  metric_.whiten(to.gradient, to.force);
  to.momentum += 0.5 * step * to.force;
  const double energy = 0.5 * to.momentum.squaredNorm() - to.lp;
  if (std::isfinite(energy)) to.energy = energy;
}

bool Hamiltonian::is_turning(const Vector& first, const Vector& last, const Vector& rho, const Vector& rest) const {
  return !(first.dot(rho + rest) > 0.0 && last.dot(rho + rest) > 0.0);
}

}  // namespace praesepe::infer::nuts
