#include "infer/density/posterior.hpp"

#include <limits>

#include "sim/error.hpp"

namespace praesepe::infer::density {

Posterior::Posterior(std::unique_ptr<const Likelihood> likelihood, ParameterSpace space)
    : likelihood_(std::move(likelihood)), space_(std::move(space)) {
  const auto size = static_cast<Eigen::Index>(space_.size());
  if (likelihood_->dimension() != size) throw InternalError("likelihood and parameter space differ in size");
  theta_.resize(size);
  theta_gradient_.resize(size);
}

double Posterior::log_density(const Vector& q, Vector& gradient) const {
  space_.constrain(q, theta_);
  const double log_likelihood = likelihood_->log_likelihood(theta_, theta_gradient_);
  if (!(log_likelihood > -std::numeric_limits<double>::infinity())) return -std::numeric_limits<double>::infinity();
  return log_likelihood + space_.pull_back(q, theta_, theta_gradient_, gradient);
}

double Posterior::value(const Vector& q) const {
  space_.constrain(q, theta_);
  const double log_likelihood = likelihood_->value(theta_);
  if (!(log_likelihood > -std::numeric_limits<double>::infinity())) return -std::numeric_limits<double>::infinity();
  return log_likelihood + ParameterSpace::log_prior(q);
}

}  // namespace praesepe::infer::density
