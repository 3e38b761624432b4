#include "infer/density/parameter_space.hpp"

#include <algorithm>
#include <numbers>

#include "sim/error.hpp"

namespace praesepe::infer::density {

namespace {

/// Index of the bound that prior i names, or -1.
int find_bound(const std::string& parameter, std::size_t i, const Prior& prior,
               const std::vector<DependentBound>& bounds) {
  if (!prior.has_names()) return -1;
  const auto& arguments = prior.arguments();
  const bool only_upper = prior.kind() == Prior::Kind::uniform && arguments[0].name.empty();
  for (std::size_t b = 0; only_upper && b < bounds.size(); ++b) {
    if (bounds[b].name == arguments[1].name && bounds[b].driver < i) return static_cast<int>(b);
  }
  throw InputError("prior." + parameter + ": " + prior.text() +
                   " holds a name that is not known here; expected numbers, or a bound of this study as the upper end");
}

}  // namespace

ParameterSpace::ParameterSpace(std::vector<std::string> names, std::vector<Prior> priors,
                               std::vector<DependentBound> bounds)
    : names_(std::move(names)), priors_(std::move(priors)), bounds_(std::move(bounds)) {
  if (names_.size() != priors_.size()) throw InternalError("as many priors as parameters are needed");
  for (std::size_t i = 0; i < names_.size(); ++i) {
    bound_index_.push_back(find_bound(names_[i], i, priors_[i], bounds_));
    if (!priors_[i].is_fixed()) free_.push_back(i);
  }
}

const DependentBound* ParameterSpace::bound_of(std::size_t i) const {
  return bound_index_[i] < 0 ? nullptr : &bounds_[static_cast<std::size_t>(bound_index_[i])];
}

Prior ParameterSpace::prior_at(std::size_t i, const Vector& theta) const {
  const DependentBound* bound = bound_of(i);
  if (!bound) return priors_[i];
  return priors_[i].with_argument(1, bound->function(theta[static_cast<Eigen::Index>(bound->driver)]).value);
}

void ParameterSpace::constrain(const Vector& q, Vector& theta) const {
  Eigen::Index j = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    const double coordinate = priors_[i].is_fixed() ? 0.0 : q[j++];
    theta[static_cast<Eigen::Index>(i)] = prior_at(i, theta).from_normal(coordinate).x;
  }
}

Vector ParameterSpace::constrain(const Vector& q) const {
  Vector theta(static_cast<Eigen::Index>(size()));
  constrain(q, theta);
  return theta;
}

Vector ParameterSpace::unconstrain(const Vector& theta) const {
  Vector q(dimension());
  for (Eigen::Index j = 0; j < dimension(); ++j) {
    const std::size_t i = free_[static_cast<std::size_t>(j)];
    q[j] = prior_at(i, theta).to_normal(theta[static_cast<Eigen::Index>(i)]);
  }
  return q;
}

Vector ParameterSpace::pulled_inside(const Vector& theta, double largest) const {
  // One parameter at a time: a bound must be that of the driver's moved value.
  Vector moved = theta;
  for (std::size_t i = 0; i < size(); ++i) {
    const auto index = static_cast<Eigen::Index>(i);
    const Prior prior = prior_at(i, moved);
    moved[index] = prior.from_normal(std::clamp(prior.to_normal(theta[index]), -largest, largest)).x;
  }
  return moved;
}

Vector ParameterSpace::sample(sim::random::Stream& stream) const {
  Vector q(dimension());
  for (double& coordinate : q) coordinate = stream.normal();
  return constrain(q);
}

double ParameterSpace::pull_back(const Vector& q, const Vector& theta, Vector& theta_gradient, Vector& gradient) const {
  static const double half_log_two_pi = 0.5 * std::log(2.0 * std::numbers::pi);
  // Backwards, so that what flows from a bounded parameter to the driver of its bound arrives before the driver's turn.
  for (Eigen::Index j = dimension(); j-- > 0;) {
    const std::size_t i = free_[static_cast<std::size_t>(j)];
    const Prior::Image image = prior_at(i, theta).from_normal(q[j]);
    const double adjoint = theta_gradient[static_cast<Eigen::Index>(i)];
    gradient[j] = adjoint * image.slope - q[j];
    if (const DependentBound* bound = bound_of(i)) {
      // x = a + (b - a) U(q):  dx/db = U
      const auto driver = static_cast<Eigen::Index>(bound->driver);
      const ValueAndSlope b = bound->function(theta[driver]);
      const double a = priors_[i].arguments()[0].value;
      theta_gradient[driver] += adjoint * (image.x - a) / (b.value - a) * b.slope;
    }
  }
  return -0.5 * q.squaredNorm() - static_cast<double>(dimension()) * half_log_two_pi;
}

}  // namespace praesepe::infer::density
