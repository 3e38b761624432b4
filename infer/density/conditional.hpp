// The distribution of one parameter given those before it, as a map from a standard normal coordinate.
//
// A prior of P parameters is a product of such conditionals, so that theta = T(q) with q iid standard normal, T
// triangular. Beside a prior alone there are
//
//   a moving bound    g ~ uniform(a, b(phi0))
//   a simplex         w ~ Dirichlet(a_0, ..., a_K-1):  w_k = (1 - w_0 - ... - w_k-1) B,  B ~ Beta(a_k, a_k+1 + ... +
//   a_K-1),
//                     which leaves nothing to choose for the last
//
// Members of an ascending prior are independent here; labels.hpp puts them in order.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "infer/density/families.hpp"
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

class Conditional {
 public:
  virtual ~Conditional() = default;

  /// False if the parameters before it leave nothing to choose: no coordinate, q is not looked at.
  virtual bool is_free() const { return true; }
  /// x and dx/dq, given theta (P) of which the parameters before this one are set.
  virtual Prior::Image from_normal(double q, const Vector& theta) const = 0;
  /// The inverse; +-infinity where x is not inside the support.
  virtual double to_normal(double x, const Vector& theta) const = 0;
  /// Adds adjoint * dx / d theta_j, at fixed q, to gradient (P) of each earlier parameter j.
  virtual void pull_back(double /*q*/, double /*adjoint*/, const Vector& /*theta*/, Vector& /*gradient*/) const {}
};

/// The conditionals of parameters `names` with these priors. Throws InputError for priors that do not go together.
std::vector<std::shared_ptr<const Conditional>> conditionals(const std::vector<std::string>& names,
                                                             const std::vector<Prior>& priors,
                                                             const std::vector<DependentBound>& bounds);

}  // namespace praesepe::infer::density
