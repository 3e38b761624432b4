// The parameters of a model with their priors: maps between R^D and parameter values, in the study's order.
//
// Where labels are given (labels.hpp) several q have the same theta, and a gradient in theta is that of a function
// which does not change if components change places.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infer/density/conditional.hpp"
#include "infer/density/labels.hpp"
#include "infer/density/log_density.hpp"
#include "infer/density/prior.hpp"

namespace praesepe::infer::density {

class ParameterSpace {
 public:
  /// Throws InputError if a prior still holds a name that is no dependent bound, a dependent bound stands elsewhere
  /// than as the upper end of a uniform prior of a later parameter, or the members of a joint prior do not go together.
  ParameterSpace(std::vector<std::string> names, std::vector<Prior> priors, std::vector<DependentBound> bounds = {});

  std::size_t size() const { return names_.size(); }                                         ///< P, all parameters
  Eigen::Index dimension() const { return static_cast<Eigen::Index>(coordinates_.size()); }  ///< D, length of q
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<Prior>& priors() const { return priors_; }
  /// Index of each parameter that is not fixed. More than D where the last weight of a simplex is what others leave.
  const std::vector<std::size_t>& varying() const { return varying_; }

  /// theta(q): (D) -> (P).
  void constrain(const Vector& q, Vector& theta) const;
  Vector constrain(const Vector& q) const;
  /// q(theta), of those with that theta the one whose components need not change places; entries are +-infinity where
  /// theta is not inside the support.
  Vector unconstrain(const Vector& theta) const;
  /// The q of the same theta whose components are in order; q itself if they are.
  Vector relabelled(const Vector& q) const;
  /// theta moved inside the support: no coordinate of it further than `largest` from 0.
  Vector pulled_inside(const Vector& theta, double largest) const;
  /// theta drawn from the prior; one normal a coordinate, in order.
  Vector sample(sim::random::Stream& stream) const;

  /// Log prior density of q (D): -q.q/2 - D ln(2 pi)/2.
  static double log_prior(const Vector& q);
  /// The same, and on return gradient (D) = d/dq [log prior + log likelihood],
  /// given theta = constrain(q) and theta_gradient (P) = d log likelihood / d theta, which is overwritten.
  double pull_back(const Vector& q, const Vector& theta, Vector& theta_gradient, Vector& gradient) const;

 private:
  /// theta with its components as they come, and the gradient that goes with it.
  void map(const Vector& q, Vector& theta) const;
  void pull_back_map(const Vector& q, const Vector& theta, Vector& theta_gradient, Vector& gradient) const;

  std::vector<std::string> names_;
  std::vector<Prior> priors_;
  std::vector<std::shared_ptr<const Conditional>> conditionals_;  // (P)
  std::vector<std::size_t> varying_;
  std::vector<std::size_t> coordinates_;  // (D) the parameter of each coordinate
  Labels labels_;
};

}  // namespace praesepe::infer::density
