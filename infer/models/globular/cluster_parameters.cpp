#include "infer/models/globular/cluster_parameters.hpp"

#include <cmath>
#include <numbers>

#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;
using std::numbers::ln10;

ClusterParameters::ClusterParameters(const Vector& theta, const sim::globular::LoweredIsothermal& model)
    : log_xh_(log(model.half_mass_radius())),
      log_mass_(log(model.mass())),
      log_e_(model.log_central_density_e()),
      log_r0_(ln10 * theta[kLogHalfMassRadius] - log_xh_.value),
      log_s_(0.5 * (std::log(units::kGravity) + ln10 * theta[kLogMass] - log_r0_ - log_mass_.value)),
      triad_(units::local_triad(theta[kRa], theta[kDec])),
      dec_(theta[kDec] * units::kRadPerDeg),
      distance_(units::distance_pc(theta[kParallax])),
      radial_velocity_(theta[kRadialVelocity]),
      motion_(units::kKmsPerMasyrPc * Eigen::Vector2d(theta[kPmra], theta[kPmdec])) {}

Eigen::Vector3d ClusterParameters::velocity() const {
  return radial_velocity_ * triad_.radial + distance_ * (motion_[0] * triad_.east + motion_[1] * triad_.north);
}

void ClusterParameters::chain(ClusterGradient by, Vector& gradient) const {
  // s first, since it depends on r0 and m_t; then r0, since it depends on x_h.
  by.log_r0 -= 0.5 * by.log_s;
  by.log_mass -= 0.5 * by.log_s;
  gradient[kLogMass] = 0.5 * ln10 * by.log_s;
  gradient[kLogHalfMassRadius] = ln10 * by.log_r0;
  gradient[kCentralPotential] =
      by.phi0 + by.log_mass * log_mass_.d_phi0 + by.log_e * log_e_.d_phi0 - by.log_r0 * log_xh_.d_phi0;
  gradient[kOrder] = by.g + by.log_mass * log_mass_.d_g + by.log_e * log_e_.d_g - by.log_r0 * log_xh_.d_g;
  chain_centre(by, gradient);
}

void ClusterParameters::chain_centre(const ClusterGradient& by, Vector& gradient) const {
  const auto& [p, q, r] = triad_;
  const double cosine = std::cos(dec_), sine = std::sin(dec_);
  // dr/da = cos d p, dp/da = sin d q - cos d r, dq/da = -sin d p;   dr/dd = q, dq/dd = -r
  const Eigen::Vector3d r_a = cosine * p, p_a = sine * q - cosine * r, q_a = -sine * p;
  const Eigen::Vector3d v_a = radial_velocity_ * r_a + distance_ * (motion_[0] * p_a + motion_[1] * q_a);
  const Eigen::Vector3d v_d = radial_velocity_ * q - distance_ * motion_[1] * r;
  gradient[kRa] = units::kRadPerDeg * (distance_ * by.position.dot(r_a) + by.velocity.dot(v_a));
  gradient[kDec] = units::kRadPerDeg * (distance_ * by.position.dot(q) + by.velocity.dot(v_d));
  // dR / d parallax = -R^2 / 1000
  gradient[kParallax] =
      -1e-3 * distance_ * distance_ * (by.position.dot(r) + by.velocity.dot(motion_[0] * p + motion_[1] * q));
  gradient[kPmra] = units::kKmsPerMasyrPc * distance_ * by.velocity.dot(p);
  gradient[kPmdec] = units::kKmsPerMasyrPc * distance_ * by.velocity.dot(q);
  gradient[kRadialVelocity] = by.velocity.dot(r);
}

}  // namespace praesepe::infer::models::globular
