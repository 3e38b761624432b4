// The association study as a campaign would configure it, for its tests.
#pragma once

#include <algorithm>

#include "infer/models/association/association_study.hpp"
#include "infer/models/association/star_states.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::association {

using sim::astrometry::Catalogue;
using sim::random::Purpose;
using sim::random::Stream;

inline ModelSettings settings(double groups = 1.0, double fields = 1.0, const std::string& correlations = "none",
                              const std::string& constants = "physical") {
  ModelSettings all;
  for (const SettingKey& key : model_keys()) all[key.name] = key.default_value;
  all["model.groups"] = groups;
  all["model.constants"] = constants;
  all["field.components"] = fields;
  all["field.correlations"] = correlations;
  return all;
}

inline ModelSettings with(ModelSettings all, const std::string& key, const std::string& word) {
  all[key] = word;
  return all;
}

/// The study as a campaign would configure it, with default truths.
struct Configured {
  std::unique_ptr<const Study> study;
  Observation observation;
  Vector truth;

  explicit Configured(const ModelSettings& chosen) : study(AssociationStudy().configured(chosen)) {
    for (const auto& key : study->observe_keys()) observation[key.name] = key.default_value;
    observation["radial_velocity_fraction"] = 0.7;
    truth.resize(static_cast<Eigen::Index>(study->parameters().size()));
    for (Eigen::Index i = 0; i < truth.size(); ++i) {
      truth[i] = *study->parameters()[static_cast<std::size_t>(i)].default_truth;
    }
  }

  Eigen::Index index(const std::string& name) const {
    return std::ranges::find(study->parameters(), name, &Parameter::name) - study->parameters().begin();
  }
  Catalogue simulate(std::uint64_t seed = 1) const { return simulate({seed, 0, 0}); }
  Catalogue simulate(sim::random::StreamKey key) const {
    study->check(truth, observation);
    Stream latents(key, Purpose::latents), noise(key, Purpose::noise);
    return study->simulate(truth, observation, latents, noise);
  }
  density::ParameterSpace space(const Catalogue& catalogue) const {
    std::vector<density::Prior> priors;
    for (const auto& parameter : study->parameters()) {
      priors.push_back(density::Prior::parse(parameter.default_prior));
    }
    return study->space(priors, catalogue);
  }
};

inline std::shared_ptr<const StarStates> stars_of(const Catalogue& catalogue, const Model& model) {
  return std::make_shared<const StarStates>(read_star_states(catalogue, model.frame));
}

}  // namespace praesepe::infer::models::association
