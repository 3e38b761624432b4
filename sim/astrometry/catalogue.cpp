#include "sim/astrometry/catalogue.hpp"

#include <algorithm>

#include "sim/error.hpp"

namespace praesepe::sim::astrometry {

const Column* Catalogue::find(std::string_view name) const {
  const auto it = std::ranges::find(columns_, name, &Column::name);
  return it == columns_.end() ? nullptr : &*it;
}

const std::vector<double>& Catalogue::operator[](std::string_view name) const {
  const Column* column = find(name);
  if (!column) throw InternalError(origin + ": no column " + std::string(name));
  return column->values;
}

void Catalogue::add(std::string name, std::string unit, std::vector<double> values) {
  if (has(name)) throw InternalError(origin + ": column " + name + " added twice");
  if (values.size() != rows_) throw InternalError(origin + ": column " + name + " has the wrong length");
  columns_.push_back({std::move(name), std::move(unit), std::move(values)});
}

}  // namespace praesepe::sim::astrometry
