// Where to look for modes of a globular cluster's posterior: robust moments of the catalogue, and several
// concentrations.
#pragma once

#include "infer/density/parameter_space.hpp"
#include "infer/models/globular/cluster_parameters.hpp"
#include "infer/models/globular/model.hpp"
#include "sim/astrometry/catalogue.hpp"

namespace praesepe::infer::models::globular {

/// Of the values that are there; 0 if none is.
double median(std::vector<double> values);

/// One point for each of several phi0 between which the posterior is known to have barriers (a second mode near phi0 =
/// 14 is common); each, (10), is a cluster that contains every star's line of sight.
std::vector<Vector> cluster_starts(const sim::astrometry::Catalogue& catalogue, const density::Prior& radial_velocity);

/// Writes systematic errors as their priors expect them, and takes them from the centre.
void set_systematics(const SystematicIndices& at, const density::ParameterSpace& space, Vector& theta);

/// The starts of cluster_starts(), moved inside the space of the parameters. Of a model without field.
std::vector<Vector> start_points(const Model& model, const sim::astrometry::Catalogue& catalogue,
                                 const density::ParameterSpace& space);

}  // namespace praesepe::infer::models::globular
