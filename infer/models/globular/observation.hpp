// The generative face of the globular study: stars of a cluster as Gaia would list them.
#pragma once

#include "infer/models/study.hpp"

namespace praesepe::infer::models::globular {

/// Keys of [observe].
const std::vector<SettingKey>& observation_keys();

/// Throws InputError naming "observe.<key>".
void check_observation(const Observation& observation);

/// True if observe.sigma = 0: all six coordinates exact.
bool is_exact(const Observation& observation);

/// Draws `stars` stars of the cluster at truth (P), and errors. Magnitudes are drawn only where errors depend on them.
sim::astrometry::Catalogue observe_cluster(const Vector& truth, const Observation& observation,
                                           sim::random::Stream& latents, sim::random::Stream& noise);

}  // namespace praesepe::infer::models::globular
