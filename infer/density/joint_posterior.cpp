#include "infer/density/joint_posterior.hpp"

#include <Eigen/Cholesky>
#include <limits>

#include "sim/error.hpp"

namespace praesepe::infer::density {

JointPosterior::JointPosterior(const JointLikelihood& likelihood, const ParameterSpace& space, Vector centre,
                               const Matrix& covariance)
    : likelihood_(likelihood), space_(space), centre_(std::move(centre)) {
  const Eigen::LLT<Matrix> cholesky(covariance);
  if (cholesky.info() != Eigen::Success || likelihood.parameters() != static_cast<Eigen::Index>(space.size())) {
    throw InternalError("joint posterior: covariance not positive definite, or likelihood and space differ in size");
  }
  factor_ = cholesky.matrixL();
  log_determinant_ = factor_.diagonal().array().log().sum();
  theta_.resize(likelihood.parameters());
  theta_gradient_.resize(likelihood.parameters());
  q_.resize(space.dimension());
  q_gradient_.resize(space.dimension());
}

Vector JointPosterior::coordinates(const Eigen::Ref<const Vector>& eta) const {
  return centre_ + factor_.triangularView<Eigen::Lower>() * eta;
}

Vector JointPosterior::position(const Vector& q, const Vector& x) const {
  Vector position(dimension());
  position << factor_.triangularView<Eigen::Lower>().solve(q - centre_), x;
  return position;
}

double JointPosterior::log_density(const Vector& position, Vector& gradient) const {
  const Eigen::Index parameters = q_.size(), latents = likelihood_.dimension();
  q_.noalias() = factor_.lazyProduct(position.head(parameters));
  q_ += centre_;
  space_.constrain(q_, theta_);
  const double log_likelihood =
      likelihood_.log_density(theta_, position.tail(latents), theta_gradient_, gradient.tail(latents));
  if (!(log_likelihood > -std::numeric_limits<double>::infinity())) return -std::numeric_limits<double>::infinity();
  const double log_prior = space_.pull_back(q_, theta_, theta_gradient_, q_gradient_);
  gradient.head(parameters).noalias() = factor_.transpose().lazyProduct(q_gradient_);
  return log_likelihood + log_prior + log_determinant_;
}

}  // namespace praesepe::infer::density
