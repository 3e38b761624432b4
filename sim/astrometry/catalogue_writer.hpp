// Writes a catalogue as CSV, ECSV or FITS, by the extension of its name (.csv, .ecsv, .fits, .fit, each also with .gz).
//
// source_id comes first, as 64-bit integers, -1 where absent; all other columns are doubles with every digit they have,
// nan where missing. ECSV and FITS carry the units. The file appears whole or not at all.
#pragma once

#include <filesystem>

#include "sim/astrometry/catalogue.hpp"

namespace praesepe::sim::astrometry {

/// Throws InputError for an unknown extension or a place that cannot be written to.
void write_catalogue(const std::filesystem::path& path, const Catalogue& catalogue);

}  // namespace praesepe::sim::astrometry
