#include "infer/models/globular/footprint_fraction.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "infer/models/globular/quadrature.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;
using std::numbers::pi;

FootprintFraction::FootprintFraction(const field::Footprint& footprint)
    : direction_(units::local_triad(footprint.ra, footprint.dec).radial),
      radius_(footprint.radius * units::kRadPerDeg),
      inner_radius_(footprint.inner_radius * units::kRadPerDeg) {}

/// `core`: r0 / D. With tau = tan(s/2) = kappa tan(t/2), t uniform, nodes crowd where the edge is nearest to c. The
/// integrand's singularities, tau = +-i epsilon with epsilon^2 = ((rho - delta)^2 + core^2 / 2) / (4 rho delta), and
/// those of the map itself, tan(t/2) = +-i / kappa, are equally far from the real axis for kappa^2 = epsilon.
void FootprintFraction::add_disc(double radius, double sign, double offset, double core, Share& sum) const {
  const double sin_radius = std::sin(radius), cos_radius = std::cos(radius), sin_offset = std::sin(offset);
  const double nearest = radius - offset, half = std::sin(0.5 * nearest);
  const double epsilon2 = (nearest * nearest + kCoreShare * core * core) / (4.0 * radius * offset + 1e-300);
  const double kappa = std::pow(std::min(epsilon2, 1.0), 0.25);
  constexpr double kLogError = 24.0;  // the sum differs from the integral by about exp(-24)
  const int nodes = std::clamp(static_cast<int>(kLogError / (4.0 * std::atanh(std::min(kappa, 0.99)))), 20, 128);

  for (int k = 0; k < nodes; ++k) {
    const double tangent = std::tan(0.5 * pi * (k + 0.5) / nodes), tau2 = std::pow(kappa * tangent, 2);
    const double ds = sign * pi / nodes * kappa * (1.0 + tangent * tangent) / (1.0 + tau2);
    const double half_s2 = tau2 / (1.0 + tau2), cos_s = (1.0 - tau2) / (1.0 + tau2);  // sin^2(s/2), cos(s)
    // sin^2(beta/2), and J without cancellation
    const double haversine = half * half + sin_radius * sin_offset * half_s2;
    const double sine2 = 4.0 * haversine * (1.0 - haversine);
    const double jacobian = sin_radius * (std::sin(nearest) + 2.0 * cos_radius * sin_offset * half_s2);
    const auto cone = cone_(std::sqrt(sine2), 1.0 - 2.0 * haversine);
    const double weight = ds * jacobian / (pi * sine2);
    sum.value += weight * cone.inside;
    sum.d_log_distance += weight * cone.d_log_distance;
    sum.d_phi0 += weight * cone.d_phi0;
    sum.d_g += weight * cone.d_g;
    sum.d_offset -= 2.0 * ds * sin_radius * cos_s * cone.per_steradian;
  }
}

double FootprintFraction::log_value(const ClusterParameters& cluster, const sim::globular::LoweredIsothermal& model,
                                    ClusterGradient& by) {
  cone_.prepare(cluster, model);
  const Eigen::Vector3d position = cluster.centre().position_pc, centre = position.normalized();
  const double distance = position.norm(), core = std::exp(cluster.log_r0()) / distance;
  const double sine = centre.cross(direction_).norm(), cosine = centre.dot(direction_);
  const double offset = std::atan2(sine, cosine);
  Share share;
  add_disc(radius_, 1.0, offset, core, share);
  if (inner_radius_ > 0.0) add_disc(inner_radius_, -1.0, offset, core, share);
  if (!(share.value >= kSmallestFraction)) return -std::numeric_limits<double>::infinity();
  by.log_r0 -= share.d_log_distance / share.value;
  by.phi0 += share.d_phi0 / share.value;
  by.g += share.d_g / share.value;
  by.position += share.d_log_distance / (share.value * distance) * centre;
  // cos(delta) = c.f;  at delta = 0 A has its maximum, or minimum, and no direction
  if (sine > 1e-12) by.position -= share.d_offset / (share.value * sine * distance) * (direction_ - cosine * centre);
  return std::log(share.value);
}

}  // namespace praesepe::infer::models::globular
