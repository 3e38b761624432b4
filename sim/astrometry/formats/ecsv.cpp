#include "sim/astrometry/formats/ecsv.hpp"

#include <fmt/format.h>

#include "sim/astrometry/formats/csv.hpp"
#include "sim/astrometry/formats/delimited_text.hpp"
#include "sim/astrometry/formats/ecsv_header.hpp"
#include "sim/error.hpp"

namespace praesepe::sim::astrometry::formats {

namespace {

// A YAML scalar in double quotes, which may hold anything.
std::string yaml_scalar(const std::string& text) {
  std::string scalar = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      scalar += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      if (c == '"' || c == '\\') scalar += '\\';
      scalar += c;
    }
  }
  return scalar + "\"";
}

}  // namespace

Table read_ecsv(std::string_view text, const std::string& origin, const Planner& plan) {
  EcsvHeader declared = parse_ecsv_header(text, origin);
  DelimitedText rows(text.substr(declared.length), declared.delimiter, origin);
  std::vector<std::string_view> names;
  if (!rows.next_row(names)) throw InputError(origin + ": expected a line of column names below the ECSV header");
  if (names.size() != declared.columns.size()) {
    throw InputError(fmt::format("{}: the ECSV header declares {} columns, the line of names has {}", origin,
                                 declared.columns.size(), names.size()));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == declared.columns[i].name) continue;
    throw InputError(fmt::format("{}: column {} is called {} in the ECSV header, but {} in the line of names", origin,
                                 i + 1, quoted(declared.columns[i].name), quoted(names[i])));
  }
  return read_rows(rows, std::move(declared.columns), plan);
}

std::string to_ecsv(const Catalogue& catalogue) {
  std::string text = "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n";
  if (!catalogue.source_id.empty()) text += "# - {name: source_id, datatype: int64}\n";
  for (const auto& column : catalogue.columns()) {
    const std::string unit = column.unit.empty() ? "" : ", unit: " + yaml_scalar(column.unit);
    text += fmt::format("# - {{name: {}{}, datatype: float64}}\n", yaml_scalar(column.name), unit);
  }
  return text + "# schema: astropy-2.0\n" + to_csv(catalogue);
}

}  // namespace praesepe::sim::astrometry::formats
