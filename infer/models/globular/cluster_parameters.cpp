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
      centre_{theta[kRa], theta[kDec], theta[kParallax], theta[kPmra], theta[kPmdec], theta[kRadialVelocity]} {}

void ClusterParameters::chain(ClusterGradient by, Vector& gradient) const {
  // s first, since it depends on r0 and m_t; then r0, since it depends on x_h.
  by.log_r0 -= 0.5 * by.log_s;
  by.log_mass -= 0.5 * by.log_s;
  gradient[kLogMass] += 0.5 * ln10 * by.log_s;
  gradient[kLogHalfMassRadius] += ln10 * by.log_r0;
  gradient[kCentralPotential] +=
      by.phi0 + by.log_mass * log_mass_.d_phi0 + by.log_e * log_e_.d_phi0 - by.log_r0 * log_xh_.d_phi0;
  gradient[kOrder] += by.g + by.log_mass * log_mass_.d_g + by.log_e * log_e_.d_g - by.log_r0 * log_xh_.d_g;
  const units::Icrs6 centre = units::chain_to_icrs(centre_, {by.position, by.velocity});
  gradient[kRa] += centre.ra;
  gradient[kDec] += centre.dec;
  gradient[kParallax] += centre.parallax;
  gradient[kPmra] += centre.pmra;
  gradient[kPmdec] += centre.pmdec;
  gradient[kRadialVelocity] += centre.radial_velocity;
}

}  // namespace praesepe::infer::models::globular
