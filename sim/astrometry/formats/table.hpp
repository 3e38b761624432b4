// A table as it stands in a file, before names are matched and values checked: what all formats read into.
//
// A reader first hands the header to a Planner, which says how each column is to be read; then it reads the cells.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace praesepe::sim::astrometry::formats {

/// What a file says about one of its columns.
struct HeaderColumn {
  std::string name;
  std::string unit = {};  ///< as spelt in the file; empty if it gives none
  bool is_number = true;  ///< false: declared as text, truth values or arrays
};

enum class Reading {
  skip,         ///< not read at all
  kept,         ///< numbers that nobody asked for; dropped if a cell turns out to be no number
  measured,     ///< every cell must be missing or a finite number: anything else is an InputError
  star_number,  ///< 64-bit integers, -1 where missing
};

using Planner = std::function<std::vector<Reading>(const std::vector<HeaderColumn>&)>;

struct TableColumn {
  std::vector<double> numbers;             ///< (rows), NaN where missing; empty unless kept or measured
  std::vector<std::int64_t> star_numbers;  ///< (rows); empty unless star_number
  bool dropped = false;                    ///< a kept column that turned out not to hold numbers
};

struct Table {
  std::vector<HeaderColumn> header;
  std::vector<TableColumn> columns;  ///< as many as in the header
  std::size_t rows = 0;
};

/// "m5.csv, row 812, column pmra_error": rows count from 1 and leave out headers and comments.
std::string cell_place(const std::string& origin, std::size_t row, std::string_view column);

/// Text of a file in quotes, on one line and not too long to be shown in a message.
std::string quoted(std::string_view text);

/// True if a double holds the whole number exactly; wider ones (stars' numbers) would come out changed.
bool is_exact(std::int64_t number);

}  // namespace praesepe::sim::astrometry::formats
