#include "infer/models/globular/selected_stars.hpp"

#include <cmath>
#include <limits>

namespace praesepe::infer::models::globular {

SelectedStars::SelectedStars(std::shared_ptr<const density::Component> cluster, const field::Footprint& footprint)
    : cluster_(std::move(cluster)), fraction_(footprint), d_log_fraction_(Vector::Zero(kParameters)) {}

void SelectedStars::log_marginal(const Vector& theta, density::Array& values) const {
  cluster_->log_marginal(theta, values);
  select(theta, values);
}

void SelectedStars::log_marginal_alone(const Vector& theta, density::Array& values) const {
  cluster_->log_marginal_alone(theta, values);
  select(theta, values);
}

void SelectedStars::select(const Vector& theta, density::Array& values) const {
  if (!(theta[kParallax] > 0.0) || !model_.solve(theta[kCentralPotential], theta[kOrder])) return;
  const ClusterParameters cluster(theta, model_);
  ClusterGradient by;
  const double log_fraction = fraction_.log_value(cluster, model_, by);
  d_log_fraction_.setZero();
  cluster.chain(by, d_log_fraction_);
  values -= std::isfinite(log_fraction) ? log_fraction : std::numeric_limits<double>::quiet_NaN();
}

void SelectedStars::pull_back(const Vector& theta, const density::Array& weight, Vector& gradient) const {
  cluster_->pull_back(theta, weight, gradient);
  gradient.head<kParameters>() -= weight.sum() * d_log_fraction_;
}

}  // namespace praesepe::infer::models::globular
