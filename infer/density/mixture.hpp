// A mixture of components, each of which knows the marginal likelihood of every star.
//
//   log p(d | theta) = sum_n log sum_k w_k m_k(d_n | theta)                     memberships: the same sum, normalised
//
// A mixture is itself a component, so that a field of several Gaussians is one component beside the cluster. Values
// come first, for all components; then the gradient, as sum_n r_n d log m_n / d theta with the responsibilities r that
// the values give: no component needs to keep a gradient for every star.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infer/density/log_density.hpp"

namespace praesepe::infer::density {

using Array = Eigen::ArrayXd;

/// The stars' log marginal likelihoods under one law. Implementations may keep scratch space: one object per thread.
class Component {
 public:
  virtual ~Component() = default;

  /// log m_n(theta) of each star, (N); -infinity where the star is impossible, NaN if theta itself is.
  virtual void log_marginal(const Vector& theta, Array& values) const = 0;
  /// The same where no pull_back follows: cheaper for a component whose slopes come with its values.
  virtual void log_marginal_alone(const Vector& theta, Array& values) const { log_marginal(theta, values); }

  /// Adds sum_n weight_n d log m_n / d theta to gradient (P), at the theta of the last log_marginal. Stars of weight 0
  /// add nothing, also where their value is -infinity.
  virtual void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const = 0;

  /// How many threads an evaluation may use from now on; its result does not depend on it.
  virtual void use_threads(int /*threads*/) const {}
};

class Mixture final : public Component {
 public:
  /// One component with its name, e.g. "cluster"; without a name, a mixture whose own parts have them. `weight`: index
  /// of its weight in theta; the last component's is not looked at, since its weight is what the others leave.
  struct Part {
    std::string name;
    std::shared_ptr<const Component> component;
    Eigen::Index weight = -1;
  };

  explicit Mixture(std::vector<Part> parts);

  void log_marginal(const Vector& theta, Array& values) const override;
  void log_marginal_alone(const Vector& theta, Array& values) const override;
  void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const override;
  void use_threads(int threads) const override;

  std::vector<std::string> names() const;  ///< (K), those of nameless mixtures' parts in their place
  /// Probability (N, K) that star n is of component k, at the theta of the last log_marginal; NaN if none can have made
  /// it.
  void responsibilities(Matrix& p) const;

 private:
  using Evaluation = void (Component::*)(const Vector&, Array&) const;
  void evaluate(const Vector& theta, Array& values, Evaluation of_part) const;
  /// The part's component, if it is a mixture without a name; otherwise null.
  static const Mixture* nameless(const Part& part);

  std::vector<Part> parts_;
  // Of the last log_marginal: log m_nk and log w_k + log m_nk, (N, K); their sum (N).
  mutable Eigen::ArrayXXd log_marginal_, log_joint_;
  mutable Array total_, part_;
};

/// The log likelihood of all stars under one component; memberships if that is a mixture.
class StarLikelihood final : public Likelihood {
 public:
  StarLikelihood(Eigen::Index dimension, std::shared_ptr<const Component> component);

  Eigen::Index dimension() const override { return dimension_; }
  double log_likelihood(const Vector& theta, Vector& gradient) const override;
  double value(const Vector& theta) const override;
  std::vector<std::string> components() const override;
  void memberships(const Vector& theta, Matrix& p) const override;
  void use_threads(int threads) const override { component_->use_threads(threads); }

 private:
  Eigen::Index dimension_;
  std::shared_ptr<const Component> component_;
  const Mixture* mixture_;  // the component, if it is one
  mutable Array values_, ones_;
};

}  // namespace praesepe::infer::density
