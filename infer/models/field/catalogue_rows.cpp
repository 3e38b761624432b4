#include "infer/models/field/catalogue_rows.hpp"

#include <algorithm>
#include <limits>

namespace praesepe::infer::models::field {

using sim::astrometry::Column;

void CatalogueRows::set(std::size_t row, std::string_view name, const char* unit, double value) {
  auto found = std::ranges::find(columns_, name, &Column::name);
  if (found == columns_.end()) {
    columns_.push_back(
        {std::string(name), unit, std::vector<double>(count_, std::numeric_limits<double>::quiet_NaN())});
    found = columns_.end() - 1;
  }
  found->values[row] = value;
}

sim::astrometry::Catalogue CatalogueRows::take() {
  catalogue_.origin = "simulated catalogue";
  for (Column& column : columns_) catalogue_.add(column.name, column.unit, std::move(column.values));
  return std::move(catalogue_);
}

}  // namespace praesepe::infer::models::field
