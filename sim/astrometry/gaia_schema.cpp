#include "sim/astrometry/gaia_schema.hpp"

#include <algorithm>
#include <array>

#include "sim/error.hpp"

namespace praesepe::sim::astrometry {

CatalogueSchema gaia_schema(const std::vector<std::string>& required) {
  CatalogueSchema schema{
      .columns = {
          {.name = "ra", .unit = "deg", .required = true, .error_unit = "mas", .wraps = true},
          {.name = "dec", .unit = "deg", .required = true, .minimum = -90.0, .maximum = 90.0, .error_unit = "mas"},
          {.name = "parallax", .unit = "mas", .needs_error = true},
          {.name = "pmra", .unit = "mas/yr", .needs_error = true},
          {.name = "pmdec", .unit = "mas/yr", .needs_error = true},
          {.name = "radial_velocity", .unit = "km/s", .needs_error = true},
          {.name = "phot_g_mean_mag", .unit = "mag"},
          {.name = "bp_rp", .unit = "mag"}}};
  constexpr std::array kAstrometric{"ra", "dec", "parallax", "pmra", "pmdec"};
  for (std::size_t i = 0; i < kAstrometric.size(); ++i) {
    for (std::size_t j = i + 1; j < kAstrometric.size(); ++j) {
      schema.columns.push_back({.name = std::string(kAstrometric[i]) + "_" + kAstrometric[j] + "_corr",
                                .unit = "",
                                .minimum = -1.0,
                                .maximum = 1.0});
    }
  }
  for (const auto& name : required) {
    const auto column = std::ranges::find(schema.columns, name, &MeasuredColumn::name);
    if (column == schema.columns.end()) throw InternalError("the Gaia schema has no column " + name);
    column->required = true;
  }
  return schema;
}

}  // namespace praesepe::sim::astrometry
