// One Gaussian of the mixture as all stars see it: value and gradient of sum_i r_i log m_i.
//
//   m_i = integral_0^inf p(y_i, n_i, r) dr / Phi(xi_r / sigma_r)
//
// The gradient needs nothing but the moments of each star's u given its data, which the quadrature of the value gives
// beside it (component_gaussian.hpp). It is the gradient of the integral, not of the rule: they differ by the error of
// the rule.
#pragma once

#include <memory>
#include <vector>

#include "infer/density/mixture.hpp"
#include "infer/models/gaussian_mixture/component_gaussian.hpp"
#include "infer/models/gaussian_mixture/distance_quadrature.hpp"
#include "infer/models/gaussian_mixture/star.hpp"

namespace praesepe::infer::models::gaussian_mixture {

class GaussianComponent final : public density::Component {
 public:
  GaussianComponent(std::shared_ptr<const std::vector<Star>> stars, ComponentLayout layout,
                    const sim::mixture::Dust& dust, const QuadratureRule& rule = QuadratureRule::standard());

  void log_marginal(const density::Vector& theta, density::Array& values) const override;
  void pull_back(const density::Vector& theta, const density::Array& weight, density::Vector& gradient) const override;

 private:
  std::shared_ptr<const std::vector<Star>> stars_;
  ComponentLayout layout_;
  sim::mixture::Dust dust_;
  QuadratureRule rule_;
  mutable std::vector<StarMoments> moments_;  // of the last log_marginal
};

}  // namespace praesepe::infer::models::gaussian_mixture
