// What a star catalogue may hold: the columns of the Gaia archive that the studies read, in its names and units.
//
// ra, dec (deg) are required; parallax (mas), pmra, pmdec (mas/yr), radial_velocity (km/s) may be missing, but come
// with X_error; ra_error, dec_error (mas), phot_g_mean_mag, bp_rp (mag) and the ten correlations X_Y_corr are optional.
#pragma once

#include <string>
#include <vector>

#include "sim/astrometry/catalogue_schema.hpp"

namespace praesepe::sim::astrometry {

/// `required`: columns that every star must have besides ra and dec, e.g. {"parallax", "pmra", "pmdec"}.
/// Throws InternalError for a name that is not in the schema.
CatalogueSchema gaia_schema(const std::vector<std::string>& required = {});

}  // namespace praesepe::sim::astrometry
