#include "sim/astrometry/formats/delimited_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

#include "sim/error.hpp"

namespace praesepe::sim::astrometry::formats {

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && is_blank(cell.front())) cell.remove_prefix(1);
  while (!cell.empty() && is_blank(cell.back())) cell.remove_suffix(1);
  return cell;
}

bool is_missing(std::string_view cell) {
  if (cell.empty() || cell == "--") return true;
  constexpr std::array<std::string_view, 3> kWords{"nan", "null", "masked"};
  return std::ranges::any_of(kWords, [&](std::string_view word) {
    return std::ranges::equal(cell, word, {}, [](unsigned char c) { return std::tolower(c); });
  });
}

std::string_view without_plus(std::string_view cell) {
  const bool signed_number = cell.size() > 1 && cell[0] == '+' && cell[1] != '-';
  return signed_number ? cell.substr(1) : cell;
}

// False if the whole cell is not a number. Numbers beyond the range of doubles become 0 or infinite.
bool parse(std::string_view cell, double& value) {
  cell = without_plus(cell);
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (end != cell.data() + cell.size()) return false;
  if (error == std::errc::result_out_of_range) value = std::strtod(std::string(cell).c_str(), nullptr);
  return error != std::errc::invalid_argument;
}

bool parse(std::string_view cell, std::int64_t& value) {
  cell = without_plus(cell);
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return error == std::errc() && end == cell.data() + cell.size();
}

bool loses_digits(std::string_view cell) {
  std::int64_t integer = 0;
  return cell.size() > 15 && parse(cell, integer) && !is_exact(integer);
}

class RowReader {
 public:
  RowReader(const std::string& origin, const std::vector<HeaderColumn>& header) : origin_(origin), header_(header) {}

  void read(Reading reading, std::string_view cell, std::size_t row, std::size_t index, TableColumn& column) const {
    cell = trimmed(cell);
    switch (reading) {
      case Reading::skip: break;
      case Reading::kept: read_kept(cell, column); break;
      case Reading::measured: column.numbers.push_back(measured(cell, row, index)); break;
      case Reading::star_number: column.star_numbers.push_back(star_number(cell, row, index)); break;
    }
  }

 private:
  static void read_kept(std::string_view cell, TableColumn& column) {
    if (column.dropped) return;
    double value = kMissing;
    if (!is_missing(cell) && (!parse(cell, value) || loses_digits(cell))) {
      column = {.numbers = {}, .star_numbers = {}, .dropped = true};
    } else {
      column.numbers.push_back(value);
    }
  }

  double measured(std::string_view cell, std::size_t row, std::size_t index) const {
    double value = kMissing;
    if (is_missing(cell)) return value;
    if (!parse(cell, value)) {
      throw InputError(cell_place(origin_, row, header_[index].name) + ": " + quoted(cell) +
                       " is not a number. Leave the cell empty if the value is missing.");
    }
    if (!std::isfinite(value)) {
      throw InputError(cell_place(origin_, row, header_[index].name) + ": " + quoted(cell) +
                       " is not finite. Leave the cell empty if the value is missing.");
    }
    return value;
  }

  std::int64_t star_number(std::string_view cell, std::size_t row, std::size_t index) const {
    std::int64_t value = -1;
    if (is_missing(cell)) return value;
    if (!parse(cell, value)) {
      throw InputError(
          cell_place(origin_, row, header_[index].name) + ": " + quoted(cell) +
          " is not a whole number of 64 bits with all its digits. Leave the cell empty if the star has none.");
    }
    return value;
  }

  const std::string& origin_;
  const std::vector<HeaderColumn>& header_;
};

}  // namespace

bool DelimitedText::next_row(std::vector<std::string_view>& cells) {
  cells.clear();
  unescaped_.clear();
  for (;;) {
    skip_blanks();
    if (position_ >= text_.size()) return false;
    if (!at_line_end()) break;
    ++position_;  // "\r\n" is a line end and a blank line
  }
  ++rows_;
  for (;;) {
    skip_blanks();
    if (delimiter_ == ' ' && at_line_end()) break;  // blanks behind the last cell
    cells.push_back(position_ < text_.size() && text_[position_] == '"' ? quoted_cell() : plain_cell());
    if (at_line_end()) break;
    ++position_;
  }
  return true;
}

void DelimitedText::skip_blanks() {
  while (position_ < text_.size() && is_blank(text_[position_]) &&
         (delimiter_ == ' ' || text_[position_] != delimiter_)) {
    ++position_;
  }
}

std::string_view DelimitedText::plain_cell() {
  const std::size_t begin = position_;
  while (!at_line_end() && text_[position_] != delimiter_) ++position_;
  return text_.substr(begin, position_ - begin);
}

std::string_view DelimitedText::quoted_cell() {
  const std::size_t begin = ++position_;
  bool doubled = false;
  for (;; ++position_) {
    position_ = text_.find('"', position_);
    if (position_ == std::string_view::npos) refuse("a quote opens here and never closes");
    if (position_ + 1 >= text_.size() || text_[position_ + 1] != '"') break;
    doubled = true;
    ++position_;
  }
  std::string_view cell = text_.substr(begin, position_ - begin);
  ++position_;
  while (!at_line_end() && text_[position_] != delimiter_ && is_blank(text_[position_])) ++position_;
  if (!at_line_end() && text_[position_] != delimiter_) refuse("text follows a closing quote");
  if (!doubled) return cell;
  std::string& plain = unescaped_.emplace_back();
  for (std::size_t i = 0; i < cell.size(); ++i) {
    plain += cell[i];
    if (cell[i] == '"') ++i;
  }
  return plain;
}

void DelimitedText::refuse(const char* what) const {
  // The header is the first row of the text, so that the data row's number is one less.
  throw InputError(rows_ <= 1 ? fmt::format("{}, header: {}", origin_, what)
                              : fmt::format("{}, row {}: {}", origin_, rows_ - 1, what));
}

Table read_rows(DelimitedText& text, std::vector<HeaderColumn> header, const Planner& plan) {
  Table table{.header = std::move(header), .columns = {}};
  const std::vector<Reading> readings = plan(table.header);
  table.columns.resize(table.header.size());
  const RowReader reader(text.origin(), table.header);
  std::vector<std::string_view> cells;
  while (text.next_row(cells)) {
    ++table.rows;
    if (cells.size() != table.header.size()) {
      throw InputError(fmt::format("{}, row {}: {} cells where the header names {} columns", text.origin(), table.rows,
                                   cells.size(), table.header.size()));
    }
    for (std::size_t i = 0; i < cells.size(); ++i) reader.read(readings[i], cells[i], table.rows, i, table.columns[i]);
  }
  return table;
}

}  // namespace praesepe::sim::astrometry::formats
