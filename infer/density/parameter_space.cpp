#include "infer/density/parameter_space.hpp"

#include <algorithm>
#include <numbers>

#include "sim/error.hpp"

namespace praesepe::infer::density {

ParameterSpace::ParameterSpace(std::vector<std::string> names, std::vector<Prior> priors,
                               std::vector<DependentBound> bounds)
    : names_(std::move(names)), priors_(std::move(priors)), labels_(names_, priors_) {
  if (names_.size() != priors_.size()) throw InternalError("as many priors as parameters are needed");
  conditionals_ = conditionals(names_, priors_, bounds);
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (!priors_[i].is_fixed()) varying_.push_back(i);
    if (conditionals_[i]->is_free()) coordinates_.push_back(i);
  }
}

void ParameterSpace::map(const Vector& q, Vector& theta) const {
  Eigen::Index j = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    const double coordinate = conditionals_[i]->is_free() ? q[j++] : 0.0;
    theta[static_cast<Eigen::Index>(i)] = conditionals_[i]->from_normal(coordinate, theta).x;
  }
}

void ParameterSpace::constrain(const Vector& q, Vector& theta) const {
  map(q, theta);
  if (!labels_.are_in_order(theta)) Labels::give(labels_.order(theta), theta);
}

Vector ParameterSpace::constrain(const Vector& q) const {
  Vector theta(static_cast<Eigen::Index>(size()));
  constrain(q, theta);
  return theta;
}

Vector ParameterSpace::unconstrain(const Vector& theta) const {
  Vector q(dimension());
  for (Eigen::Index j = 0; j < dimension(); ++j) {
    const std::size_t i = coordinates_[static_cast<std::size_t>(j)];
    q[j] = conditionals_[i]->to_normal(theta[static_cast<Eigen::Index>(i)], theta);
  }
  return q;
}

Vector ParameterSpace::relabelled(const Vector& q) const {
  Vector theta(static_cast<Eigen::Index>(size()));
  map(q, theta);
  if (labels_.are_in_order(theta)) return q;
  Labels::give(labels_.order(theta), theta);
  return unconstrain(theta);
}

Vector ParameterSpace::pulled_inside(const Vector& theta, double largest) const {
  // One parameter at a time: what depends on an earlier parameter must depend on its moved value.
  Vector moved = theta;
  for (std::size_t i = 0; i < size(); ++i) {
    const auto index = static_cast<Eigen::Index>(i);
    const Conditional& conditional = *conditionals_[i];
    const double q = conditional.is_free() ? conditional.to_normal(theta[index], moved) : 0.0;
    moved[index] = conditional.from_normal(std::clamp(q, -largest, largest), moved).x;
  }
  return moved;
}

Vector ParameterSpace::sample(sim::random::Stream& stream) const {
  Vector q(dimension());
  for (double& coordinate : q) coordinate = stream.normal();
  return constrain(q);
}

double ParameterSpace::log_prior(const Vector& q) {
  static const double half_log_two_pi = 0.5 * std::log(2.0 * std::numbers::pi);
  return -0.5 * q.squaredNorm() - static_cast<double>(q.size()) * half_log_two_pi;
}

double ParameterSpace::pull_back(const Vector& q, const Vector& theta, Vector& theta_gradient, Vector& gradient) const {
  if (labels_.empty()) {
    pull_back_map(q, theta, theta_gradient, gradient);
  } else {
    Vector components(theta.size());
    map(q, components);
    Labels::take_back(labels_.order(components), theta_gradient);
    pull_back_map(q, components, theta_gradient, gradient);
  }
  return log_prior(q);
}

void ParameterSpace::pull_back_map(const Vector& q, const Vector& theta, Vector& theta_gradient,
                                   Vector& gradient) const {
  // Backwards, so that what flows from a parameter to those that it depends on arrives before their turn.
  Eigen::Index j = dimension();
  for (std::size_t i = size(); i-- > 0;) {
    const Conditional& conditional = *conditionals_[i];
    const double adjoint = theta_gradient[static_cast<Eigen::Index>(i)];
    double coordinate = 0.0;
    if (conditional.is_free()) {
      coordinate = q[--j];
      gradient[j] = adjoint * conditional.from_normal(coordinate, theta).slope - coordinate;
    }
    conditional.pull_back(coordinate, adjoint, theta, theta_gradient);
  }
}

}  // namespace praesepe::infer::density
