// Which column of a file fills which column of the catalogue: the user's mapping first, then equal names, then names
// equal but for upper and lower case; whatever else holds numbers keeps its own name.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/astrometry/catalogue_schema.hpp"
#include "sim/astrometry/formats/table.hpp"

namespace praesepe::sim::astrometry {

struct PlannedColumn {
  std::string name;         ///< in the catalogue
  std::string unit;         ///< the schema's; the file's for columns outside the schema
  std::size_t file_column;  ///< index in the header
};

struct ColumnPlan {
  std::vector<PlannedColumn> columns;      ///< in the file's order; source_id among them
  std::vector<formats::Reading> readings;  ///< of the file's columns

  const PlannedColumn* find(std::string_view name) const;
};

/// `column_names` maps names of the catalogue to names of the file. Throws InputError for duplicate, ambiguous and
/// missing columns, for a mapping from or to a column that is not there, and for a unit that is plainly not the
/// schema's.
ColumnPlan plan_columns(const std::vector<formats::HeaderColumn>& header, const CatalogueSchema& schema,
                        const std::map<std::string, std::string>& column_names, const std::string& origin);

}  // namespace praesepe::sim::astrometry
