#include "infer/models/globular/space_density.hpp"

#include <cmath>
#include <numbers>

#include "sim/globular/potential_lookup.hpp"

namespace praesepe::infer::models::globular {

void SpaceDensity::prepare(const sim::globular::LoweredIsothermal& model) {
  model_ = &model;
  e_.prepare(model.g() + 1.5, model.phi0());
}

SpaceDensity::Value SpaceDensity::operator()(double q) const {
  const double edge = model_->edge().value;
  if (!(q < edge * edge)) return {};
  const auto at = sim::globular::potential_at(model_->table(), q);
  const auto e = e_(at.phi);
  return {e.value, e.d_x * at.d_q, e.d_x * at.d_phi0, e.d_x * at.d_g + e.d_a};
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
