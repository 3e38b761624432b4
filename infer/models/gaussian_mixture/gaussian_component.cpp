#include "infer/models/gaussian_mixture/gaussian_component.hpp"

#include <limits>

#include "infer/density/normal.hpp"

namespace praesepe::infer::models::gaussian_mixture {

using sim::mixture::kDistance;

GaussianComponent::GaussianComponent(std::shared_ptr<const std::vector<Star>> stars, ComponentLayout layout,
                                     const sim::mixture::Dust& dust, const QuadratureRule& rule)
    : stars_(std::move(stars)), layout_(std::move(layout)), dust_(dust), rule_(rule), moments_(stars_->size()) {}

void GaussianComponent::log_marginal(const density::Vector& theta, density::Array& values) const {
  values.resize(static_cast<Eigen::Index>(stars_->size()));
  const auto gaussian = gaussian_at(layout_, theta);
  if (!(gaussian.factor.diagonal().minCoeff() > 0.0)) {
    values.setConstant(-std::numeric_limits<double>::infinity());
    return;
  }
  const double inside = density::log_Phi(theta[layout_.mean(kDistance)] / theta[layout_.sd(kDistance)]);
  for (std::size_t i = 0; i < stars_->size(); ++i) {
    const DistanceIntegrand integrand((*stars_)[i], gaussian, dust_);
    const DistanceIntegral integral = integrate(integrand, rule_);
    moments_[i] = integrand.moments(integral.sums);
    values[static_cast<Eigen::Index>(i)] = integral.log_value - inside;
  }
}

void GaussianComponent::pull_back(const density::Vector& theta, const density::Array& weight,
                                  density::Vector& gradient) const {
  WeightedMoments sum;
  for (std::size_t i = 0; i < stars_->size(); ++i) {
    const double r = weight[static_cast<Eigen::Index>(i)];
    if (r == 0.0) continue;
    sum.weight += r;
    sum.first += r * moments_[i].first;
    sum.second += r * moments_[i].second;
  }
  if (sum.weight > 0.0) gaussian_mixture::pull_back(layout_, theta, sum, gradient);
}

}  // namespace praesepe::infer::models::gaussian_mixture
