// The parameters of a model with their priors: maps between R^D and parameter values, in the study's order.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "infer/density/log_density.hpp"
#include "infer/density/prior.hpp"

namespace praesepe::infer::density {

/// A value and its derivative.
struct ValueAndSlope {
  double value;
  double slope;
};

/// The upper end of a uniform prior that depends on an earlier parameter, e.g. g < F_b(phi0).
struct DependentBound {
  std::string name;                               ///< as written in the prior: "F_b"
  std::size_t driver;                             ///< index of the parameter it depends on
  std::function<ValueAndSlope(double)> function;  ///< bound and d bound / d driver
};

class ParameterSpace {
 public:
  /// Throws InputError if a prior still holds a name that is no dependent bound, or a dependent bound stands elsewhere
  /// than as the upper end of a uniform prior of a later parameter.
  ParameterSpace(std::vector<std::string> names, std::vector<Prior> priors, std::vector<DependentBound> bounds = {});

  std::size_t size() const { return names_.size(); }                                  ///< P, all parameters
  Eigen::Index dimension() const { return static_cast<Eigen::Index>(free_.size()); }  ///< D, those not fixed
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<Prior>& priors() const { return priors_; }
  const std::vector<std::size_t>& free() const { return free_; }  ///< (D) index of each free parameter

  /// theta(q): (D) -> (P).
  void constrain(const Vector& q, Vector& theta) const;
  Vector constrain(const Vector& q) const;
  /// q(theta); entries are +-infinity where theta is not inside the support.
  Vector unconstrain(const Vector& theta) const;
  /// theta moved inside the support: no coordinate of it further than `largest` from 0.
  Vector pulled_inside(const Vector& theta, double largest) const;
  /// theta drawn from the prior; one normal a free parameter, in order.
  Vector sample(sim::random::Stream& stream) const;

  /// Log prior density of q, -q.q/2 - D ln(2 pi)/2, and on return gradient (D) = d/dq [log prior + log likelihood],
  /// given theta = constrain(q) and theta_gradient (P) = d log likelihood / d theta, which is overwritten.
  double pull_back(const Vector& q, const Vector& theta, Vector& theta_gradient, Vector& gradient) const;

 private:
  /// The dependent bound of parameter i, or nullptr.
  const DependentBound* bound_of(std::size_t i) const;
  Prior prior_at(std::size_t i, const Vector& theta) const;

  std::vector<std::string> names_;
  std::vector<Prior> priors_;
  std::vector<DependentBound> bounds_;
  std::vector<int> bound_index_;  // (P) index into bounds_, or -1
  std::vector<std::size_t> free_;
};

}  // namespace praesepe::infer::density
