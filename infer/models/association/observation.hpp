// What a telescope makes of an association: stars drawn at birth, carried to today one by one, measured as Gaia would.
#pragma once

#include "infer/models/association/model.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::association {

/// Keys of [observe].
const std::vector<SettingKey>& observation_keys();
/// Throws InputError naming the key, "observe.stars".
void check_observation(const Observation& observation);
/// Throws InputError naming the parameter for a truth of which no catalogue can be drawn.
void check_truth(const Model& model, const Vector& truth);

/// Gaia's columns with their errors; radial velocities for some; `component`, the true group or, last, the field.
sim::astrometry::Catalogue observe_stars(const Model& model, const Vector& truth, const Observation& observation,
                                         sim::random::Stream& latents, sim::random::Stream& noise);

}  // namespace praesepe::infer::models::association
