#include "tests/infer/models/membership/configured.hpp"

#include <algorithm>
#include <stdexcept>

namespace praesepe::infer::models::membership {

using sim::random::Purpose;
using sim::random::Stream;

ModelSettings settings(const std::string& data, double fields, const std::string& motion) {
  return {{"model.data", data}, {"model.cluster_motion", motion}, {"field.components", fields}};
}

double& Configured::of(const std::string& name) {
  const auto& parameters = study->parameters();
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  if (found == parameters.end()) throw std::out_of_range(name);
  return truth[found - parameters.begin()];
}

Configured configured(const ModelSettings& chosen) {
  Configured c{MembershipStudy().configured(chosen), {}, {}};
  for (const auto& key : c.study->observe_keys()) c.observation[key.name] = key.default_value;
  c.observation["radial_velocity_fraction"] = 0.5;
  c.observation["footprint_radius"] = 0.5;
  c.truth.resize(static_cast<Eigen::Index>(c.study->parameters().size()));
  for (Eigen::Index i = 0; i < c.truth.size(); ++i) {
    c.truth[i] = *c.study->parameters()[static_cast<std::size_t>(i)].default_truth;
  }
  return c;
}

sim::astrometry::Catalogue simulate(const Configured& c, std::uint64_t seed) {
  Stream latents({seed, 0, 0}, Purpose::latents), noise({seed, 0, 0}, Purpose::noise);
  return c.study->simulate(c.truth, c.observation, latents, noise);
}

density::ParameterSpace space_of(const Configured& c, const sim::astrometry::Catalogue& catalogue) {
  std::vector<density::Prior> priors;
  for (const auto& parameter : c.study->parameters()) priors.push_back(density::Prior::parse(parameter.default_prior));
  return c.study->space(priors, catalogue);
}

}  // namespace praesepe::infer::models::membership
