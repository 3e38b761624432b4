// Rows and cells of delimited text: RFC 4180 quoting, any line ending, blank lines left out.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sim/astrometry/formats/table.hpp"

namespace praesepe::sim::astrometry::formats {

class DelimitedText {
 public:
  /// `text` must outlive the object. With delimiter ' ', a run of blanks separates two cells as one does.
  DelimitedText(std::string_view text, char delimiter, std::string origin)
      : text_(text), delimiter_(delimiter), origin_(std::move(origin)) {}

  const std::string& origin() const { return origin_; }

  /// The next row that is not blank; false at the end. The cells are valid until the next call.
  /// Throws InputError for a quote that never closes or is followed by more text.
  bool next_row(std::vector<std::string_view>& cells);

 private:
  std::string_view quoted_cell();
  std::string_view plain_cell();
  bool at_line_end() const { return position_ >= text_.size() || text_[position_] == '\n' || text_[position_] == '\r'; }
  void skip_blanks();
  [[noreturn]] void refuse(const char* what) const;

  std::string_view text_;
  char delimiter_;
  std::string origin_;
  std::size_t position_ = 0;
  std::size_t rows_ = 0;                 ///< begun, the header among them
  std::deque<std::string> unescaped_{};  ///< cells of this row that held doubled quotes
};

/// Reads all rows below a header into a table. Throws InputError, naming the row, for a row of another length than the
/// header and for cells that do not fit the planned reading.
Table read_rows(DelimitedText& text, std::vector<HeaderColumn> header, const Planner& plan);

}  // namespace praesepe::sim::astrometry::formats
