// Where to look for modes of the posterior of a cluster with field stars: EM tells the two apart by proper motion and
// place, and each of the narrow components in turn is taken for the cluster.
#pragma once

#include "infer/models/globular/model.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::globular {

/// The starts of start_points.hpp for the likely members alone, with the field made of the others; (P) each. Some
/// must have a proper motion.
std::vector<Vector> mixture_starts(const Model& model, const sim::astrometry::Catalogue& catalogue,
                                   const density::ParameterSpace& space, sim::random::Stream& stream);

}  // namespace praesepe::infer::models::globular
