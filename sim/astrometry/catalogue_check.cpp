#include "sim/astrometry/catalogue_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/error.hpp"

namespace praesepe::sim::astrometry {

namespace {

class CellCheck {
 public:
  CellCheck(const formats::Table& table, const ColumnPlan& plan, const std::string& origin)
      : table_(table), plan_(plan), origin_(origin) {}

  void values(const MeasuredColumn& column) const {
    const PlannedColumn* planned = plan_.find(column.name);
    if (!planned) return;
    const auto& cells = numbers(*planned);
    for (std::size_t row = 0; row < cells.size(); ++row) {
      const double value = cells[row];
      if (std::isnan(value)) {
        if (column.required) {
          refuse(row, *planned, fmt::format("is missing, but every row needs {}. Remove the row.", column.name));
        }
      } else if (value < column.minimum || value > column.maximum) {
        refuse(row, *planned, fmt::format("{} is not {}.", value, limits(column)));
      }
    }
  }

  void errors(const MeasuredColumn& column, const std::string& error_name) const {
    const PlannedColumn* planned = plan_.find(column.name);
    if (!planned) return;
    const auto& cells = numbers(*planned);
    const PlannedColumn* error = plan_.find(error_name);
    if (!error) {
      const bool is_used = std::ranges::any_of(cells, [](double value) { return !std::isnan(value); });
      if (column.needs_error && is_used) refuse_without_error(*planned, error_name);
      return;
    }
    const auto& error_cells = numbers(*error);
    for (std::size_t row = 0; row < cells.size(); ++row) {
      if (std::isnan(cells[row])) continue;
      if (std::isnan(error_cells[row]) && column.needs_error) {
        refuse(row, *error, fmt::format("is missing where {} is given. {}", column.name, way_out(column, *planned)));
      }
      if (error_cells[row] <= 0.0) {
        refuse(row, *error, fmt::format("{} is not positive. {}", error_cells[row], way_out(column, *planned)));
      }
    }
  }

 private:
  const std::vector<double>& numbers(const PlannedColumn& planned) const {
    return table_.columns[planned.file_column].numbers;
  }

  static std::string limits(const MeasuredColumn& column) {
    constexpr double kUnlimited = 1e300;
    if (column.maximum >= kUnlimited) return fmt::format("{} or more", column.minimum);
    if (column.minimum <= -kUnlimited) return fmt::format("{} or less", column.maximum);
    return fmt::format("between {} and {}", column.minimum, column.maximum);
  }

  std::string way_out(const MeasuredColumn& column, const PlannedColumn& planned) const {
    if (column.required) return "Remove the row.";
    return fmt::format("Remove the row or set {} = nan to leave its {} out.", table_.header[planned.file_column].name,
                       column.name);
  }

  [[noreturn]] void refuse(std::size_t row, const PlannedColumn& planned, const std::string& what) const {
    throw InputError(formats::cell_place(origin_, row + 1, table_.header[planned.file_column].name) + ": " + what);
  }

  [[noreturn]] void refuse_without_error(const PlannedColumn& planned, const std::string& error_name) const {
    throw InputError(
        fmt::format("{}: column {} has no errors: expected a column {}. Name it with --column {}=FILECOLUMN, or "
                    "remove {}.",
                    origin_, table_.header[planned.file_column].name, error_name, error_name,
                    table_.header[planned.file_column].name));
  }

  const formats::Table& table_;
  const ColumnPlan& plan_;
  const std::string& origin_;
};

}  // namespace

void check_cells(const formats::Table& table, const ColumnPlan& plan, const CatalogueSchema& schema,
                 const std::string& origin) {
  const CellCheck check(table, plan, origin);
  for (const auto& column : schema.columns) {
    check.values(column);
    check.errors(column, column.name + schema.error_suffix);
  }
}

}  // namespace praesepe::sim::astrometry
