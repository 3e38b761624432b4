// A posterior on R^D: a study's likelihood, its priors, and the bijections that the priors define.
#pragma once

#include <memory>

#include "infer/density/log_density.hpp"
#include "infer/density/parameter_space.hpp"

namespace praesepe::infer::density {

class Posterior final : public LogDensity {
 public:
  Posterior(std::unique_ptr<const Likelihood> likelihood, ParameterSpace space);

  Eigen::Index dimension() const override { return space_.dimension(); }
  double log_density(const Vector& q, Vector& gradient) const override;
  double value(const Vector& q) const override;

  const ParameterSpace& space() const { return space_; }
  const Likelihood& likelihood() const { return *likelihood_; }

 private:
  std::unique_ptr<const Likelihood> likelihood_;
  ParameterSpace space_;
  mutable Vector theta_;           // (P)
  mutable Vector theta_gradient_;  // (P)
};

}  // namespace praesepe::infer::density
