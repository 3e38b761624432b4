#include "sim/astrometry/column_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include "sim/astrometry/similar_names.hpp"
#include "sim/astrometry/unit_spelling.hpp"
#include "sim/error.hpp"

namespace praesepe::sim::astrometry {

using formats::HeaderColumn;
using formats::Reading;

namespace {

constexpr std::string_view kStarNumber = "source_id";

struct WantedColumn {
  std::string name;
  std::string unit;
  bool required = false;
};

std::vector<WantedColumn> wanted_columns(const CatalogueSchema& schema) {
  std::vector<WantedColumn> wanted{{.name = std::string(kStarNumber), .unit = ""}};
  for (const auto& column : schema.columns) {
    wanted.push_back({.name = column.name, .unit = column.unit, .required = column.required});
    wanted.push_back({.name = column.name + schema.error_suffix,
                      .unit = column.error_unit.empty() ? column.unit : column.error_unit,
                      .required = column.required && column.needs_error});
  }
  return wanted;
}

bool equal_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

class Matcher {
 public:
  Matcher(const std::vector<HeaderColumn>& header, const CatalogueSchema& schema, const std::string& origin)
      : header_(header), wanted_(wanted_columns(schema)), origin_(origin) {
    for (const auto& column : header) file_names_.push_back(column.name);
  }

  ColumnPlan plan(const std::map<std::string, std::string>& column_names) {
    refuse_duplicates();
    refuse_unknown_names(column_names);
    for (const auto& column : wanted_) {
      const auto mapping = column_names.find(column.name);
      const bool is_mapped = mapping != column_names.end();
      const auto match = find(is_mapped ? mapping->second : column.name);
      if (is_mapped && !match) refuse_mapping(column.name, mapping->second);
      if (!match && column.required) refuse_missing(column.name);
      if (match) take(column, *match);
    }
    keep_the_rest();
    std::ranges::stable_sort(plan_.columns, {}, &PlannedColumn::file_column);
    return std::move(plan_);
  }

 private:
  std::optional<std::size_t> find(const std::string& name) const {
    const auto exact = std::ranges::find(file_names_, name);
    if (exact != file_names_.end()) return static_cast<std::size_t>(exact - file_names_.begin());
    std::optional<std::size_t> match;
    for (std::size_t i = 0; i < file_names_.size(); ++i) {
      if (!equal_but_for_case(file_names_[i], name)) continue;
      if (match) {
        throw InputError(fmt::format("{}: columns {} and {} may both be {}. Choose with --column {}=FILECOLUMN.",
                                     origin_, formats::quoted(file_names_[*match]), formats::quoted(file_names_[i]),
                                     name, name));
      }
      match = i;
    }
    return match;
  }

  void take(const WantedColumn& column, std::size_t index) {
    const HeaderColumn& file_column = header_[index];
    if (!units_agree(column.unit, file_column.unit)) {
      throw InputError(fmt::format("{}, column {}: its unit is {}, expected {}. Convert the column first.", origin_,
                                   file_column.name, formats::quoted(file_column.unit), column.unit));
    }
    plan_.columns.push_back({.name = column.name, .unit = column.unit, .file_column = index});
    const Reading reading = column.name == kStarNumber ? Reading::star_number : Reading::measured;
    Reading& planned = plan_.readings[index];
    if (planned != Reading::skip && planned != reading) {
      throw InputError(fmt::format("{}: column {} cannot be both source_id and {}", origin_,
                                   formats::quoted(file_column.name), column.name));
    }
    planned = reading;
  }

  void keep_the_rest() {
    for (std::size_t i = 0; i < header_.size(); ++i) {
      const bool is_free = plan_.readings[i] == Reading::skip && !plan_.find(header_[i].name);
      if (!is_free || !header_[i].is_number || header_[i].name.empty()) continue;
      plan_.columns.push_back({.name = header_[i].name, .unit = header_[i].unit, .file_column = i});
      plan_.readings[i] = Reading::kept;
    }
  }

  void refuse_duplicates() const {
    std::set<std::string_view> seen;
    for (const auto& name : file_names_) {
      if (!name.empty() && !seen.insert(name).second) {
        throw InputError(
            fmt::format("{}: two columns are called {}. Rename or remove one.", origin_, formats::quoted(name)));
      }
    }
  }

  void refuse_unknown_names(const std::map<std::string, std::string>& column_names) const {
    std::vector<std::string> known;
    for (const auto& column : wanted_) known.push_back(column.name);
    for (const auto& [name, file_name] : column_names) {
      if (std::ranges::find(known, name) != known.end()) continue;
      const auto near = similar_names(name, known);
      const std::string hint = near.empty() ? "" : fmt::format(" Did you mean {}?", fmt::join(near, " or "));
      throw InputError(fmt::format("--column {}={}: this study reads no column {}.{}", name, file_name,
                                   formats::quoted(name), hint));
    }
  }

  [[noreturn]] void refuse_mapping(const std::string& name, const std::string& file_name) const {
    throw InputError(fmt::format("{}: no column {} to take as {}. {}", origin_, formats::quoted(file_name), name,
                                 columns_like(file_name)));
  }

  [[noreturn]] void refuse_missing(const std::string& name) const {
    throw InputError(fmt::format("{}: no column {}. {} Name the right one with --column {}=FILECOLUMN.", origin_, name,
                                 columns_like(name), name));
  }

  std::string columns_like(const std::string& name) const {
    constexpr std::size_t kMost = 12;
    auto near = similar_names(name, file_names_);
    const bool any = !near.empty();
    if (!any)
      near.assign(file_names_.begin(),
                  file_names_.begin() + static_cast<std::ptrdiff_t>(std::min(kMost, file_names_.size())));
    for (auto& shown : near) shown = formats::quoted(shown);
    const bool cut = !any && file_names_.size() > kMost;
    return fmt::format("{}: {}{}.", any ? "Columns of similar names" : "Its columns are", fmt::join(near, ", "),
                       cut ? ", ..." : "");
  }

  const std::vector<HeaderColumn>& header_;
  std::vector<WantedColumn> wanted_;
  const std::string& origin_;
  std::vector<std::string> file_names_{};
  ColumnPlan plan_{.columns = {}, .readings = std::vector<Reading>(header_.size(), Reading::skip)};
};

}  // namespace

const PlannedColumn* ColumnPlan::find(std::string_view name) const {
  const auto it = std::ranges::find(columns, name, &PlannedColumn::name);
  return it == columns.end() ? nullptr : &*it;
}

ColumnPlan plan_columns(const std::vector<HeaderColumn>& header, const CatalogueSchema& schema,
                        const std::map<std::string, std::string>& column_names, const std::string& origin) {
  return Matcher(header, schema, origin).plan(column_names);
}

}  // namespace praesepe::sim::astrometry
