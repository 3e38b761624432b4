// Comma-separated tables: `#` comment lines, a line of names, then rows (RFC 4180; UTF-8, with or without byte order
// mark).
#pragma once

#include <string>
#include <string_view>

#include "sim/astrometry/catalogue.hpp"
#include "sim/astrometry/formats/table.hpp"

namespace praesepe::sim::astrometry::formats {

/// `origin` is what messages call the text. Throws InputError.
Table read_csv(std::string_view text, const std::string& origin, const Planner& plan);

/// The text of a catalogue: source_id first if it has any, numbers in the fewest digits that read back the same, nan
/// where missing.
std::string to_csv(const Catalogue& catalogue);

}  // namespace praesepe::sim::astrometry::formats
