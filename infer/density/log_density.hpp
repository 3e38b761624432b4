// What a sampler needs to know of a target: its logarithm and the gradient, at any point of R^D.
#pragma once

#include <Eigen/Core>
#include <memory>
#include <string>
#include <vector>

namespace praesepe::infer::density {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

/// A differentiable log density on R^D. Implementations may keep scratch space: one object per thread.
class LogDensity {
 public:
  virtual ~LogDensity() = default;

  /// D, the length of q.
  virtual Eigen::Index dimension() const = 0;

  /// The log density at q (D), and its gradient written to `gradient` (D, already sized).
  /// Outside the support: -infinity, gradient unspecified. Never throws for a finite q; never allocates.
  virtual double log_density(const Vector& q, Vector& gradient) const = 0;

  /// The log density alone, within rounding of the same; cheaper where that is. May allocate.
  virtual double value(const Vector& q) const {
    Vector gradient(q.size());
    return log_density(q, gradient);
  }
};

/// A log likelihood of named parameters in their own units, before priors and transforms.
/// The interface that a study's model implements; same rules as LogDensity.
class Likelihood {
 public:
  virtual ~Likelihood() = default;

  /// Number of parameters, fixed ones included, in the order of the study's parameters.
  virtual Eigen::Index dimension() const = 0;

  virtual double log_likelihood(const Vector& theta, Vector& gradient) const = 0;
  virtual double value(const Vector& theta) const {
    Vector gradient(theta.size());
    return log_likelihood(theta, gradient);
  }

  /// How many threads an evaluation may use from now on; its result does not depend on it.
  virtual void use_threads(int /*threads*/) const {}

  /// Names of the components of which each star has one; empty if the model is no mixture.
  virtual std::vector<std::string> components() const { return {}; }
  /// Probability p (N, K) that star n is of component k, given theta.
  virtual void memberships(const Vector& /*theta*/, Matrix& /*p*/) const {}
};

}  // namespace praesepe::infer::density
