// A simulated catalogue, written cell by cell: columns appear when they are first written to.
#pragma once

#include "sim/astrometry/catalogue.hpp"

namespace praesepe::infer::models::field {

class CatalogueRows {
 public:
  explicit CatalogueRows(std::size_t count) : catalogue_(count), count_(count) {}

  /// Cells never set are missing.
  void set(std::size_t row, std::string_view name, const char* unit, double value);
  /// Columns in the order of their first cells. To be called once, at the end.
  sim::astrometry::Catalogue take();

 private:
  sim::astrometry::Catalogue catalogue_;
  std::size_t count_;
  std::vector<sim::astrometry::Column> columns_;
};

}  // namespace praesepe::infer::models::field
