#include "infer/models/globular/space_density.hpp"

#include <cmath>
#include <numbers>

namespace praesepe::infer::models::globular {

void SpaceDensity::prepare(const sim::globular::LoweredIsothermal& model) {
  model_ = &model;
  e_.prepare(model.g() + 1.5, model.phi0());
}

SpaceDensity::Value SpaceDensity::operator()(double q) const {
  const double edge = model_->edge().value;
  if (!(q < edge * edge)) return {};
  const auto [phi, phi_q] = model_->potential_at_square(q);
  const auto e = e_(phi.value);
  return {e.value, e.d_x * phi_q, e.d_x * phi.d_phi0, e.d_x * phi.d_g + e.d_a};
}

double SpaceDensity::log_factor(const ClusterParameters& cluster) {
  return std::log(9.0 / (4.0 * std::numbers::pi)) - 3.0 * cluster.log_r0() - cluster.log_mass() - cluster.log_e();
}

void SpaceDensity::add_factor_gradient(double count, ClusterGradient& by) {
  by.log_r0 -= 3.0 * count;
  by.log_mass -= count;
  by.log_e -= count;
}

}  // namespace praesepe::infer::models::globular
