#include "sim/astrometry/formats/csv.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "sim/astrometry/formats/delimited_text.hpp"
#include "sim/error.hpp"

namespace praesepe::sim::astrometry::formats {

namespace {

std::string_view without_comments(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (text.starts_with('#') || text.starts_with('\n') || text.starts_with('\r')) {
    const auto end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text;
}

std::string name_cell(const std::string& name) {
  if (!name.empty() && name[0] != '#' && name.find_first_of(" \t,\"\r\n") == std::string::npos) return name;
  std::string cell = "\"";
  for (const char c : name) {
    cell += c;
    if (c == '"') cell += c;
  }
  return cell + "\"";
}

// A sign, 17 digits, point and exponent fit in 24 characters.
using Digits = std::array<char, 32>;

void append(std::string& text, std::int64_t value) {
  Digits digits;
  text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

void append(std::string& text, double value) {
  Digits digits;
  const auto end = digits.data() + digits.size();
  // The sign of a NaN means nothing, but would be printed. Large numbers get an exponent, lest their trailing zeros be
  // taken for digits of a whole number.
  constexpr double kLarge = 1e15;
  if (std::isnan(value)) {
    text += "nan";
  } else if (std::abs(value) < kLarge) {
    text.append(digits.data(), std::to_chars(digits.data(), end, value).ptr);
  } else {
    text.append(digits.data(), std::to_chars(digits.data(), end, value, std::chars_format::scientific).ptr);
  }
}

}  // namespace

Table read_csv(std::string_view text, const std::string& origin, const Planner& plan) {
  DelimitedText rows(without_comments(text), ',', origin);
  std::vector<std::string_view> names;
  if (!rows.next_row(names)) throw InputError(origin + ": is empty, expected a line of column names and rows below it");
  std::vector<HeaderColumn> header;
  for (const auto name : names)
    header.push_back({.name = std::string(name.substr(0, name.find_last_not_of(" \t") + 1))});
  return read_rows(rows, std::move(header), plan);
}

std::string to_csv(const Catalogue& catalogue) {
  const bool has_numbers = !catalogue.source_id.empty();
  std::string text = has_numbers ? "source_id" : "";
  for (const auto& column : catalogue.columns()) {
    if (!text.empty()) text += ',';
    text += name_cell(column.name);
  }
  text += '\n';
  text.reserve(text.size() + catalogue.rows() * (1 + 18 * catalogue.columns().size()));
  for (std::size_t row = 0; row < catalogue.rows(); ++row) {
    if (has_numbers) append(text, catalogue.source_id[row]);
    bool first = !has_numbers;
    for (const auto& column : catalogue.columns()) {
      if (!first) text += ',';
      first = false;
      append(text, column.values[row]);
    }
    text += '\n';
  }
  return text;
}

}  // namespace praesepe::sim::astrometry::formats
