// A catalogue: rows are stars (or data points), columns are named quantities in the units of the Gaia archive.
//
// Names and units: ra, dec deg; parallax mas; pmra (= mu_alpha*), pmdec mas/yr; radial_velocity km/s; phot_g_mean_mag
// mag; X_error in the unit of X (ra_error on alpha*, mas). A missing cell is NaN; a missing source_id is -1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace praesepe::sim::astrometry {

struct Column {
  std::string name;
  std::string unit;            ///< empty if dimensionless or unknown
  std::vector<double> values;  ///< (rows)
};

class Catalogue {
 public:
  explicit Catalogue(std::size_t rows = 0) : rows_(rows) {}

  std::size_t rows() const { return rows_; }
  const std::vector<Column>& columns() const { return columns_; }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The values of a column, (rows). Throws InternalError if there is none of that name: ask has() first.
  const std::vector<double>& operator[](std::string_view name) const;

  /// Adds a column; throws InternalError if the name is taken or the length is not rows().
  void add(std::string name, std::string unit, std::vector<double> values);

  /// Gaia's 64-bit star numbers, kept as integers end to end; empty, or (rows) with -1 where absent.
  std::vector<std::int64_t> source_id;
  /// What messages call this catalogue: the file it came from.
  std::string origin = "catalogue";

 private:
  const Column* find(std::string_view name) const;

  std::size_t rows_;
  std::vector<Column> columns_;
};

}  // namespace praesepe::sim::astrometry
