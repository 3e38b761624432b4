// Reads a catalogue from CSV, ECSV or FITS, checked against a schema: what it returns is fit for use.
//
// Formats by extension: .csv, .ecsv, .fits, .fit, each also gzip-compressed (.csv.gz). A Gaia archive download is read
// as it comes: `#` comments, quoted or upper-case names, null, True/False, text columns.
// - Names: --column NAME=FILECOLUMN first, then the same name, then the same but for upper and lower case.
// - Columns outside the schema are kept if all their cells are numbers (or missing); others are left out.
// - Missing cells: empty, nan, null, masked (any case), --, NaN or TNULL in FITS. They become NaN; a missing source_id
// -1.
// - source_id is a 64-bit integer end to end. Integers elsewhere that a double cannot hold make their column left out.
// - Units, where the file gives them, must be the schema's in any usual spelling; nothing is converted.
//
// Throws InputError for everything wrong with the file, in one line that names the file and the place: rows count from
// 1 and leave out headers and comments. Cost: about 2 s for 1e6 rows by 20 columns of CSV.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "sim/astrometry/catalogue.hpp"
#include "sim/astrometry/catalogue_schema.hpp"

namespace praesepe::sim::astrometry {

/// `column_names` maps NAME, a column of the schema or source_id, to FILECOLUMN, what the file calls it.
Catalogue read_catalogue(const std::filesystem::path& path, const CatalogueSchema& schema,
                         const std::map<std::string, std::string>& column_names = {});

}  // namespace praesepe::sim::astrometry
