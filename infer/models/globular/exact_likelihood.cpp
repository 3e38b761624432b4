#include "infer/models/globular/exact_likelihood.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include "sim/error.hpp"
#include "sim/globular/e_gamma.hpp"

namespace praesepe::infer::models::globular {

namespace {

double measured(const sim::astrometry::Catalogue& catalogue, const char* name, std::size_t row) {
  if (!catalogue.has(name) || !std::isfinite(catalogue[name][row])) {
    throw InputError(catalogue.origin + ", row " + std::to_string(row + 1) + ", column " + name +
                     ": exact data (observe.sigma = 0) need all six coordinates");
  }
  return catalogue[name][row];
}

}  // namespace

ExactLikelihood::ExactLikelihood(const sim::astrometry::Catalogue& catalogue) {
  for (std::size_t row = 0; row < catalogue.rows(); ++row) {
    const auto value = [&](const char* name) { return measured(catalogue, name, row); };
    stars_.push_back(sim::astrometry::to_cartesian(
        {value("ra"), value("dec"), value("parallax"), value("pmra"), value("pmdec"), value("radial_velocity")}));
  }
}

double ExactLikelihood::log_likelihood(const Vector& theta, Vector& gradient) const {
  constexpr double minus_infinity = -std::numeric_limits<double>::infinity();
  if (!(theta[kParallax] > 0.0) || !model_.solve(theta[kCentralPotential], theta[kOrder])) return minus_infinity;
  const ClusterParameters cluster(theta, model_);
  const double r0 = std::exp(cluster.log_r0()), s2 = std::exp(2.0 * cluster.log_s());
  const auto centre = cluster.centre();
  const double stars = static_cast<double>(stars_.size());

  double sum = -stars * (1.5 * std::log(2.0 * std::numbers::pi) + std::log(4.0 * std::numbers::pi / 9.0) +
                         3.0 * cluster.log_s() + 3.0 * cluster.log_r0() + cluster.log_mass() + cluster.log_e());
  ClusterGradient by{.log_r0 = -3.0 * stars, .log_s = -3.0 * stars, .log_mass = -stars, .log_e = -stars};
  for (const auto& star : stars_) {
    const Eigen::Vector3d offset = star.position_pc - centre.position_pc,
                          velocity = star.velocity_kms - centre.velocity_kms;
    const double r = offset.norm(), x = r / r0;
    const auto phi = model_.potential(x);
    const double y = phi.value - 0.5 * velocity.squaredNorm() / s2;
    if (!(y > 0.0)) return minus_infinity;
    const auto log_e = sim::globular::log_e_gamma(theta[kOrder], y);
    sum += log_e.value;
    // dphi/dx = -m(x) / x^2, and x = r / r0
    const double pull = model_.mass_inside(x).value / x;
    by.log_r0 += log_e.d_x * pull;
    by.log_s += log_e.d_x * velocity.squaredNorm() / s2;
    by.phi0 += log_e.d_x * phi.d_phi0;
    by.g += log_e.d_x * phi.d_g + log_e.d_a;
    by.position += log_e.d_x * pull / (r * r) * offset;
    by.velocity += log_e.d_x / s2 * velocity;
  }
  gradient.setZero();
  cluster.chain(by, gradient);
  return sum;
}

}  // namespace praesepe::infer::models::globular
