// The generative face of the membership models: stars of the cluster and of the field, as Gaia would list them.
#pragma once

#include "infer/models/membership/model.hpp"

namespace praesepe::infer::models::membership {

const std::vector<SettingKey>& observation_keys();
/// Throws InputError naming the key.
void check_observation(const Model& model, const Observation& observation);

/// ra, dec and what the model looks at, with errors and correlations; `component`: 0 cluster, 1 field.
sim::astrometry::Catalogue observe_stars(const Model& model, const Vector& truth, const Observation& observation,
                                         sim::random::Stream& latents, sim::random::Stream& noise);

}  // namespace praesepe::infer::models::membership
