#include "infer/models/globular/velocity_bound.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>
#include <numbers>

namespace praesepe::infer::models::globular {

using sim::random::Stream;

VelocityBound::VelocityBound(double phi, const Velocity& m, const Velocity& noise, double order,
                             const sim::globular::EGammaExpansion& e)
    : phi_(phi), order_(order), e_(&e), rho_(m / (1.0 + noise)), variance_(noise / (1.0 + noise)) {
  log_common_ = phi - 0.5 * (m * rho_ + (1.0 + noise).log()).sum();
  place_tangent();
  log_tangent_ = log_p_touch_ + (slope_ * (rho_ - touch_) + 0.5 * variance_ * slope_.square()).sum();
  // int d^du (phi - u^2/2)^a / Gamma(a+1) = (2 pi)^(d/2) phi^(a+d/2) / Gamma(a+d/2+1)
  const double power = order + 0.5 * static_cast<double>(m.size());
  log_ball_ = power * std::log(phi) - std::lgamma(power + 1.0) - 0.5 * variance_.log().sum();
  is_ball_ = log_ball_ < log_tangent_;
}

VelocityBound::LogP VelocityBound::log_p(double y) const {
  const auto e = (*e_)(y);
  return {std::log(e.value) - y, e.d_x / e.value - 1.0};
}

// Where N2 P is largest, (rho - u)/V = L u with L = d ln P/dy: u_j = rho_j / (1 + L V_j), and the slope at phi - u^2/2
// being L is one equation for L. As L grows so does phi - u^2/2, and ln P is concave: one root. It is near enough when
// the Gaussian of the tangent is off by less than a fifth of a standard deviation.
void VelocityBound::place_tangent() {
  constexpr double kNear = 0.2;
  constexpr int kMostSteps = 200;
  double low = 0.0, high = std::numeric_limits<double>::infinity(), l = std::min(1.0, 1.0 / phi_);
  for (int i = 0; i < kMostSteps; ++i) {
    const Velocity u = rho_ / (1.0 + l * variance_);
    const double y = argument(u);
    if (y > 0.0) {
      const LogP p = log_p(y);
      touch_ = u;
      log_p_touch_ = p.value;
      slope_ = -p.slope * u;
      if (std::abs(p.slope - l) * std::sqrt((variance_ * u.square()).sum()) < kNear) return;
      (p.slope > l ? low : high) = l;
    } else {
      low = l;
    }
    l = std::isinf(high) ? 8.0 * l : low > 0.0 ? std::sqrt(low * high) : l / 8.0;
  }
}

bool VelocityBound::draw(Stream& stream, Velocity& u) const {
  return is_ball_ ? draw_in_ball(stream, u) : draw_by_tangent(stream, u);
}

bool VelocityBound::draw_by_tangent(Stream& stream, Velocity& u) const {
  Velocity normal(rho_.size());
  for (double& x : normal) x = stream.normal();
  u = rho_ + variance_ * slope_ + variance_.sqrt() * normal;
  const double y = argument(u);
  if (!(y > 0.0)) return false;
  return std::log(stream.uniform()) < log_p(y).value - log_p_touch_ - (slope_ * (u - touch_)).sum();
}

bool VelocityBound::draw_in_ball(Stream& stream, Velocity& u) const {
  // y / phi has the density ~ y^a (1 - y)^(d/2 - 1); 1 - y without cancellation
  double rest = 0.0;
  const double half = 0.5 * static_cast<double>(rho_.size());
  const double y = phi_ * boost::math::ibeta_inv(order_ + 1.0, half, stream.uniform(), &rest);
  u.resize(rho_.size());
  for (double& x : u) x = stream.normal();
  u *= std::sqrt(2.0 * phi_ * rest / u.square().sum());
  const double log_ceiling = order_ * std::log(y) - std::lgamma(order_ + 1.0);
  const double log_gaussian = -0.5 * ((u - rho_).square() / variance_).sum();
  return y > 0.0 && std::log(stream.uniform()) < log_p(y).value - log_ceiling + log_gaussian;
}

}  // namespace praesepe::infer::models::globular
