// Where the search for modes begins: Gaussians of today by EM, and for each the births that it may have come from.
#pragma once

#include "infer/density/parameter_space.hpp"
#include "infer/models/association/model.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::association {

/// A birth sphere, and minus the mean log likelihood of today's Gaussian under what became of it, up to a constant.
struct Birth {
  double dxyz_pc, duvw_kms, age_myr, loss;
};

/// Every age up to `oldest` Myr at which a sphere fits better than a little earlier and later, best first. Ages have
/// several: positions and velocities shear apart, but oscillations bring parts of them together again.
std::vector<Birth> likely_births(const EpicyclicOrbit& orbit, const Gaussian6& now, double oldest);

/// Points in parameter space: from each of a few fits by EM, one for the best births of its groups, one for the second
/// best and so on.
std::vector<density::Vector> start_points(const Model& model, const StarStates& stars,
                                          const density::ParameterSpace& space, sim::random::Stream& stream);

}  // namespace praesepe::infer::models::association
