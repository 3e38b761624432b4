// The part of the sky that a catalogue covers: a disc, or a ring, over which the field is spread evenly.
#pragma once

#include <array>

#include "infer/models/field/stars.hpp"
#include "infer/models/study.hpp"
#include "sim/astrometry/coordinates.hpp"

namespace praesepe::infer::models::field {

struct Footprint {
  double ra, dec;             ///< of the centre, deg
  double radius;              ///< deg; 0: as far as the farthest star
  double inner_radius = 0.0;  ///< deg; nearer to the centre there is nothing
};

/// Keys of [observe] footprint_ra, footprint_dec, footprint_radius; defaults of the first two in deg.
std::vector<SettingKey> footprint_keys(double ra, double dec);
/// Key of [observe] footprint_inner_radius, for studies that can do without a part of their cluster.
SettingKey inner_radius_key();
Footprint footprint(const Observation& observation);
/// Throws InputError naming the key; of a radius of 0 too if it is `needed`.
void check_footprint(const Observation& observation, bool needed);

/// In sr. Radius 0: as far as the star that is farthest from the stars' mean direction.
double solid_angle(const sim::astrometry::Catalogue& catalogue, const Footprint& footprint);

/// Whether a direction (deg) lies in it; radius above 0.
bool contains(const Footprint& footprint, double ra, double dec);
/// Throws InputError naming the first row that lies outside; radius above 0.
void check_inside(const sim::astrometry::Catalogue& catalogue, const Footprint& footprint);

/// ln of the field's density on the sky at each star, (N), 1/sr; -infinity outside the footprint.
/// Throws InputError if a star is outside that no simulation put there, and if no star is inside.
Array log_sky_density(const sim::astrometry::Catalogue& catalogue, const Footprint& footprint);

/// A place in it, uniform on the sphere, from two uniform numbers; distance 1 pc, at rest.
sim::astrometry::Icrs6 place_in(const Footprint& footprint, const std::array<double, 2>& uniform);

}  // namespace praesepe::infer::models::field
