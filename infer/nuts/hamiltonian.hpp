// Hamilton's equations for a log density: phase-space points, momenta, and the leapfrog step.
//
//   H(q, p) = -log pi(q) + p' M^-1 p / 2,        p ~ N(0, M),        M^-1 = L L'  (the inverse metric)
//
// Momenta are kept whitened, u = L' p ~ N(0, I), and so are forces, f = L' grad log pi(q). One leapfrog step eps is
// then
//
//   u += eps/2 f;   q += eps L u;   f = L' grad log pi(q);   u += eps/2 f;        H = -log pi(q) + u.u / 2
//
// which is the same step as in p, at two triangular products instead of two full ones; and the product v_1.p_2 of a
// velocity v = M^-1 p and a momentum, of which every U-turn test is made, is u_1.u_2.
#pragma once

#include <utility>

#include "infer/nuts/metric.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::nuts {

/// A point of the chain: position, log density there and its gradient. (D) each.
struct State {
  Vector position, gradient;
  double lp;

  template <class Archive, class Self>
  static void members(Archive& archive, Self& self) {
    archive(self.position, self.gradient, self.lp);
  }
};

/// A point of a trajectory. Energy is +infinity where the log density is not finite; the rest is then unspecified.
struct PhasePoint : State {
  explicit PhasePoint(Eigen::Index dimension);

  Vector momentum;  ///< (D) whitened, u
  Vector force;     ///< (D) whitened gradient, f
  double energy;    ///< H
};

class Hamiltonian {
 public:
  /// Keeps a reference to `target`.
  Hamiltonian(const density::LogDensity& target, InverseMetric metric);

  Eigen::Index dimension() const { return target_->dimension(); }
  const density::LogDensity& target() const { return *target_; }
  const InverseMetric& metric() const { return metric_; }
  void set_metric(InverseMetric metric) { metric_ = std::move(metric); }
  /// Log density evaluations so far.
  long gradients() const { return gradients_; }

  /// Puts `state` into `point` with a fresh momentum.
  void start(const State& state, sim::random::Stream& stream, PhasePoint& point) const;
  /// One leapfrog step of signed length `step`; `from` and `to` are different points. Does not allocate.
  void leapfrog(const PhasePoint& from, double step, PhasePoint& to);
  /// True if a stretch of trajectory with these momenta at its ends, whose momenta sum to rho + rest, does not grow any
  /// more at one end or the other.
  bool is_turning(const Vector& first, const Vector& last, const Vector& rho, const Vector& rest) const;

 private:
  const density::LogDensity* target_;
  InverseMetric metric_;
  long gradients_ = 0;
};

}  // namespace praesepe::infer::nuts
