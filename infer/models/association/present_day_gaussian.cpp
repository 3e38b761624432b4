#include "infer/models/association/present_day_gaussian.hpp"

namespace praesepe::infer::models::association {

using density::Vector;

PresentDayGaussian::PresentDayGaussian(std::shared_ptr<const StarStates> stars, Indices indices)
    : at_(indices), overlaps_(std::move(stars)) {}

void PresentDayGaussian::log_marginal(const Vector& theta, density::Array& values) const {
  const Matrix6 factor = factor_at(at_.shape, theta);
  overlaps_.evaluate({.mean = theta.segment<6>(at_.mean), .covariance = factor * factor.transpose()}, values);
}

void PresentDayGaussian::pull_back(const Vector& theta, const density::Array& weight, Vector& gradient) const {
  const GaussianSlopes stars = overlaps_.slopes(weight);
  gradient.segment<6>(at_.mean) += stars.by_mean;
  association::pull_back(at_.shape, theta, stars.by_covariance, gradient);
}

}  // namespace praesepe::infer::models::association
