// The generative face of the globular study: stars of a cluster, and of the field in front of it and behind, as Gaia
// would list them.
#pragma once

#include "infer/models/globular/model.hpp"

namespace praesepe::infer::models::globular {

/// Keys of [observe]; those of the footprint if there is a field, or if it cuts the cluster.
const std::vector<SettingKey>& observation_keys(const Model& model);

/// Throws InputError naming "observe.<key>".
void check_observation(const Model& model, const Observation& observation);
/// That part of it which matters for catalogues of whatever origin: a field has no exact data.
void check_noise(const Model& model, const Observation& observation);
/// And what matters of it if the footprint cuts the cluster.
void check_selection(const Model& model, const Observation& observation);

/// True if observe.sigma = 0: all six coordinates exact.
bool is_exact(const Observation& observation);

/// Draws `stars` stars at truth (P), and errors; if the footprint cuts the cluster, until so many are in it. Magnitudes
/// are drawn only where errors depend on them. With a field every star is drawn both ways and is of the cluster with
/// probability cluster_fraction: what is scanned besides shares its stars. `component`, if there is a field: 0 cluster,
/// 1 field.
sim::astrometry::Catalogue observe_stars(const Model& model, const Vector& truth, const Observation& observation,
                                         sim::random::Stream& latents, sim::random::Stream& noise);

}  // namespace praesepe::infer::models::globular
