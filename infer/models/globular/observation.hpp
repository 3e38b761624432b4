// The generative face of the globular study: stars of a cluster as Gaia would list them.
#pragma once

#include <utility>

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

/// Smallest and largest value of a column; parallax from 0.001 mas up; ra as a continuous range where it crosses 0.
/// Throws InputError if the column is missing or holds less than two different values.
std::pair<double, double> observed_range(const sim::astrometry::Catalogue& catalogue, const std::string& column);

}  // namespace praesepe::infer::models::globular
