// ECSV tables (astropy's APE 6): a YAML header in `#` lines that gives each column's type and unit, then CSV with a
// comma or a blank as delimiter.
//
//   # %ECSV 1.0
//   # ---
//   # delimiter: ','
//   # datatype:
//   # - {name: ra, unit: deg, datatype: float64}
//   ra
//
// Of YAML as much is understood as such headers use: block and flow mappings, plain and quoted scalars.
#pragma once

#include <string>
#include <string_view>

#include "sim/astrometry/catalogue.hpp"
#include "sim/astrometry/formats/table.hpp"

namespace praesepe::sim::astrometry::formats {

/// `origin` is what messages call the text. Throws InputError.
Table read_ecsv(std::string_view text, const std::string& origin, const Planner& plan);

std::string to_ecsv(const Catalogue& catalogue);

}  // namespace praesepe::sim::astrometry::formats
