#include "infer/models/globular/full_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "infer/models/globular/full_star.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;

namespace {

FullCluster cluster_at(const ClusterParameters& parameters, const sim::globular::LoweredIsothermal& model,
                       const sim::globular::EGammaExpansion& e) {
  return {&model.table(),
          &e,
          model.g(),
          std::exp(parameters.log_r0()),
          std::exp(parameters.log_s()),
          parameters.distance(),
          parameters.centre()};
}

}  // namespace

FullLikelihood::FullLikelihood(const sim::astrometry::Catalogue& catalogue) : stars_(observed_stars(catalogue)) {
  const auto still = std::ranges::find(stars_, false, &ObservedStar::has_motion);
  if (still != stars_.end()) {
    throw InputError(catalogue.origin + ", row " + std::to_string(still - stars_.begin() + 1) +
                     ", columns pmra, pmdec: needed with sampler.method = \"full\". Remove the row, or set "
                     "sampler.method = \"collapsed\".");
  }
  // (2 pi)^(3/2) 4 pi/9 of f/M, and the Gaussians: of two angles and two proper motions, in units of their errors, of
  // the parallax and of the radial velocity
  const double log_two_pi = std::log(2.0 * std::numbers::pi);
  for (const ObservedStar& star : stars_) {
    log_constant_ -= 3.5 * log_two_pi + std::log(4.0 * std::numbers::pi / 9.0);
    if (star.inverse_parallax_error > 0.0) log_constant_ += std::log(star.inverse_parallax_error) - 0.5 * log_two_pi;
    if (star.radial_velocity_error > 0.0) log_constant_ -= std::log(star.radial_velocity_error) + 0.5 * log_two_pi;
  }
}

double FullLikelihood::log_density(const Vector& theta, const Eigen::Ref<const Vector>& x, Vector& theta_gradient,
                                   Eigen::Ref<Vector> x_gradient) const {
  constexpr double minus_infinity = -std::numeric_limits<double>::infinity();
  if (!(theta[kParallax] > 0.0) || !model_.solve(theta[kCentralPotential], theta[kOrder])) return minus_infinity;
  e_.prepare(model_.g(), model_.phi0());
  const ClusterParameters parameters(theta, model_);
  const FullCluster cluster = cluster_at(parameters, model_, e_);
  const double stars = static_cast<double>(stars_.size());

  // One factor of every star: of f/M, and k^2 R_c^2 s of the Jacobian.
  const double log_common = 2.0 * std::log(units::kKmsPerMasyrPc * parameters.distance()) - 2.0 * parameters.log_s() -
                            3.0 * parameters.log_r0() - parameters.log_mass() - parameters.log_e();
  double sum = stars * log_common;
  ClusterGradient by{.log_r0 = -3.0 * stars, .log_s = -2.0 * stars, .log_mass = -stars, .log_e = -stars};
  double by_log_distance = 2.0 * stars;
  StarVector gradient;
  for (std::size_t n = 0; n < stars_.size(); ++n) {
    const auto first = kStar * static_cast<Eigen::Index>(n);
    FullStar star(stars_[n], cluster);
    if (!star.place(x.segment<kStar>(first).array())) return minus_infinity;
    sum += star.log_density(by, by_log_distance, gradient);
    x_gradient.segment<kStar>(first) = gradient;
  }
  theta_gradient.setZero();
  parameters.chain(by, theta_gradient);
  theta_gradient[kParallax] -= by_log_distance / theta[kParallax];
  return std::isfinite(sum) ? sum + log_constant_ : minus_infinity;
}

density::Matrix FullLikelihood::latents(const Vector& theta, const Eigen::Ref<const Vector>& x) const {
  const sim::globular::LoweredIsothermal model(theta[kCentralPotential], theta[kOrder]);
  const FullCluster cluster = cluster_at(ClusterParameters(theta, model), model, e_);
  density::Matrix latents(static_cast<Eigen::Index>(stars_.size()), 7);
  for (Eigen::Index n = 0; n < latents.rows(); ++n) {
    FullStar star(stars_[static_cast<std::size_t>(n)], cluster);
    if (!star.place(x.segment<kStar>(kStar * n).array())) throw InternalError("latents asked for where there are none");
    const units::Icrs6 place = star.observed();
    latents.row(n) << place.ra, place.dec, place.parallax, place.pmra, place.pmdec, place.radial_velocity,
        1.0 / place.parallax;
  }
  return latents;
}

Vector FullLikelihood::coordinates(const Vector& theta, const density::Matrix& latents) const {
  const sim::globular::LoweredIsothermal model(theta[kCentralPotential], theta[kOrder]);
  const FullCluster cluster = cluster_at(ClusterParameters(theta, model), model, e_);
  Vector x(dimension());
  for (Eigen::Index n = 0; n < latents.rows(); ++n) {
    FullStar star(stars_[static_cast<std::size_t>(n)], cluster);
    x.segment<kStar>(kStar * n) =
        star.coordinates({latents(n, 0), latents(n, 1), latents(n, 2), latents(n, 3), latents(n, 4), latents(n, 5)});
  }
  return x;
}

}  // namespace praesepe::infer::models::globular
