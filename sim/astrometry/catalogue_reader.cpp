#include "sim/astrometry/catalogue_reader.hpp"

#include <algorithm>
#include <utility>

#include "sim/astrometry/catalogue_check.hpp"
#include "sim/astrometry/column_plan.hpp"
#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/formats/csv.hpp"
#include "sim/astrometry/formats/ecsv.hpp"
#include "sim/astrometry/formats/file_bytes.hpp"
#include "sim/astrometry/formats/file_format.hpp"
#include "sim/astrometry/formats/fits.hpp"
#include "sim/error.hpp"

namespace praesepe::sim::astrometry {

namespace {

formats::Table read_table(const std::filesystem::path& path, const formats::Planner& plan) {
  const std::string origin = path.string();
  const auto format = formats::file_format(path);
  std::string bytes = formats::read_bytes(path);
  if (bytes.empty()) throw InputError(origin + ": is empty");
  switch (format) {
    case formats::FileFormat::csv: return formats::read_csv(bytes, origin, plan);
    case formats::FileFormat::ecsv: return formats::read_ecsv(bytes, origin, plan);
    case formats::FileFormat::fits: return formats::read_fits(bytes, origin, plan);
  }
  throw InternalError(origin + ": a format without a reader");
}

bool wraps(const CatalogueSchema& schema, const std::string& name) {
  const auto column = std::ranges::find(schema.columns, name, &MeasuredColumn::name);
  return column != schema.columns.end() && column->wraps;
}

Catalogue assemble(const formats::Table& table, const ColumnPlan& plan, const CatalogueSchema& schema) {
  Catalogue catalogue(table.rows);
  for (const auto& planned : plan.columns) {
    const auto& cells = table.columns[planned.file_column];
    if (cells.dropped) continue;
    if (plan.readings[planned.file_column] == formats::Reading::star_number) {
      catalogue.source_id = cells.star_numbers;
      continue;
    }
    auto values = cells.numbers;
    if (wraps(schema, planned.name)) std::ranges::transform(values, values.begin(), wrap_degrees);
    catalogue.add(planned.name, planned.unit, std::move(values));
  }
  return catalogue;
}

}  // namespace

Catalogue read_catalogue(const std::filesystem::path& path, const CatalogueSchema& schema,
                         const std::map<std::string, std::string>& column_names) {
  const std::string origin = path.string();
  ColumnPlan plan;
  const formats::Table table = read_table(path, [&](const std::vector<formats::HeaderColumn>& header) {
    plan = plan_columns(header, schema, column_names, origin);
    return plan.readings;
  });
  if (table.rows == 0) throw InputError(origin + ": has no rows below its header");
  check_cells(table, plan, schema, origin);
  Catalogue catalogue = assemble(table, plan, schema);
  catalogue.origin = origin;
  return catalogue;
}

}  // namespace praesepe::sim::astrometry
