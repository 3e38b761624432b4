// The rules a catalogue's cells must obey once its columns have their names.
//
// For each column X of the schema: no cell missing if X is required; every value within X's limits; where X is present
// and needs an error, X_error is present too; and X_error is positive wherever X is present, needed or not.
#pragma once

#include <string>

#include "sim/astrometry/catalogue_schema.hpp"
#include "sim/astrometry/column_plan.hpp"
#include "sim/astrometry/formats/table.hpp"

namespace praesepe::sim::astrometry {

/// Throws InputError for the first cell that breaks a rule, naming its row and its column as the file calls it.
void check_cells(const formats::Table& table, const ColumnPlan& plan, const CatalogueSchema& schema,
                 const std::string& origin);

}  // namespace praesepe::sim::astrometry
