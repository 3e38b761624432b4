// The density that jumps and importance samples are drawn from: a mixture of t, bent along its longest axis.
#pragma once

#include "infer/nuts/mixture_of_t.hpp"
#include "infer/nuts/twist.hpp"

namespace praesepe::infer::nuts {

class Proposal {
 public:
  /// The mixture is that of the straightened points.
  Proposal(MixtureOfT mixture, Twist twist = {})  // NOLINT: a mixture is a proposal
      : mixture_(std::move(mixture)), twist_(std::move(twist)) {}

  const MixtureOfT& mixture() const { return mixture_; }
  const Twist& twist() const { return twist_; }
  Eigen::Index dimension() const { return mixture_.dimension(); }
  Vector straightened(const Vector& x) const { return twist_.straightened(x); }
  double log_density(const Vector& x) const { return mixture_.log_density(straightened(x)); }

  Vector draw(sim::random::Stream& stream) const { return twist_.bent(mixture_.draw(stream)); }
  /// A draw from component k.
  Vector draw_from(std::size_t k, sim::random::Stream& stream) const {
    return twist_.bent(mixture_.draw_from(k, stream));
  }

 private:
  MixtureOfT mixture_;
  Twist twist_;
};

}  // namespace praesepe::infer::nuts
