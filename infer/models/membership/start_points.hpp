// Where to look for modes of a membership posterior: point estimates of a mixture by EM, each of its narrow components
// in turn taken for the cluster; a cluster as broad as all stars; hardly any stars in the cluster, or in the field.
#pragma once

#include "infer/models/membership/model.hpp"

namespace praesepe::infer::models::membership {

std::vector<Vector> start_points(const Model& model, const sim::astrometry::Catalogue& catalogue,
                                 const density::ParameterSpace& space, sim::random::Stream& stream);

}  // namespace praesepe::infer::models::membership
