// The part of the sky that a catalogue covers: a disc.
#pragma once

#include "sim/astrometry/catalogue.hpp"

namespace praesepe::infer::models::field {

/// Of a disc of this radius (deg), in sr. Radius 0: as far as the star that is farthest from the stars' mean direction.
double solid_angle(const sim::astrometry::Catalogue& catalogue, double radius);

}  // namespace praesepe::infer::models::field
