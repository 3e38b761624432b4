#include "infer/models/association/present_day_gaussian.hpp"

#include "sim/mixture/partial_correlations.hpp"

namespace praesepe::infer::models::association {

using density::Vector;
using sim::mixture::SmallMatrix;

namespace {

/// z (6, 6) from its 15 values, row by row; zero if there are none.
SmallMatrix partials_at(const Vector& theta, Eigen::Index first) {
  SmallMatrix z = SmallMatrix::Zero(6, 6);
  if (first < 0) return z;
  for (Eigen::Index i = 1; i < 6; ++i)
    for (Eigen::Index j = 0; j < i; ++j) z(i, j) = theta[first++];
  return z;
}

}  // namespace

Matrix6 factor_at(const PresentDayGaussian::Indices& at, const Vector& theta) {
  return theta.segment<6>(at.sd).asDiagonal() *
         Matrix6(sim::mixture::correlation_factor(partials_at(theta, at.partials)));
}

PresentDayGaussian::PresentDayGaussian(std::shared_ptr<const StarStates> stars, Indices indices)
    : at_(indices), overlaps_(std::move(stars)) {}

void PresentDayGaussian::log_marginal(const Vector& theta, density::Array& values) const {
  const Matrix6 factor = factor_at(at_, theta);
  overlaps_.evaluate({.mean = theta.segment<6>(at_.mean), .covariance = factor * factor.transpose()}, values);
}

void PresentDayGaussian::pull_back(const Vector& theta, const density::Array& weight, Vector& gradient) const {
  const GaussianSlopes stars = overlaps_.slopes(weight);
  const auto sd = theta.segment<6>(at_.sd);
  const SmallMatrix z = partials_at(theta, at_.partials);
  const Matrix6 correlation_root = sim::mixture::correlation_factor(z);
  Matrix6 by_factor = 2.0 * stars.by_covariance * (sd.asDiagonal() * correlation_root);
  by_factor = Matrix6(by_factor.triangularView<Eigen::Lower>());
  gradient.segment<6>(at_.mean) += stars.by_mean;
  gradient.segment<6>(at_.sd) += by_factor.cwiseProduct(correlation_root).rowwise().sum();
  if (at_.partials < 0) return;
  const SmallMatrix by_z = sim::mixture::correlation_factor_pull_back(z, SmallMatrix(sd.asDiagonal() * by_factor));
  Eigen::Index entry = at_.partials;
  for (Eigen::Index i = 1; i < 6; ++i)
    for (Eigen::Index j = 0; j < i; ++j) gradient[entry++] += by_z(i, j);
}

}  // namespace praesepe::infer::models::association
