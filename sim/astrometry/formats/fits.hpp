// FITS binary tables, by way of cfitsio and in memory: the first table of a file, one number a cell.
#pragma once

#include <string>

#include "sim/astrometry/catalogue.hpp"
#include "sim/astrometry/formats/table.hpp"

namespace praesepe::sim::astrometry::formats {

/// `bytes` of a whole file (cfitsio wants them writable, and leaves them alone); `origin` is what messages call it.
/// Cells that are NaN or TNULL are missing. Columns of text, truth values or arrays are not numbers;
/// cfitsio reads denormal numbers as 0.
/// Throws InputError if there is no table or it is cut short.
Table read_fits(std::string& bytes, const std::string& origin, const Planner& plan);

/// The bytes of a file with one table: source_id as 64-bit integers (K), all else as doubles (D), missing = NaN.
/// Throws InputError for a column name that FITS cannot hold (printable ASCII, 68 characters).
std::string to_fits(const Catalogue& catalogue, const std::string& origin);

}  // namespace praesepe::sim::astrometry::formats
