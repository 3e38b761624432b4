#include "sim/astrometry/formats/fits.hpp"

#include <fitsio.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>

#include "sim/error.hpp"

namespace praesepe::sim::astrometry::formats {

namespace {

struct CloseFits {
  void operator()(fitsfile* file) const {
    int status = 0;
    fits_close_file(file, &status);
    fits_clear_errmsg();
  }
};
using FitsFile = std::unique_ptr<fitsfile, CloseFits>;

std::string reason(int status) {
  std::array<char, FLEN_STATUS> text{};
  fits_get_errstatus(status, text.data());
  return text.data();
}

void check(int status, const std::string& origin) {
  if (status != 0) throw InputError(origin + ": is not a readable FITS file (" + reason(status) + ")");
}

bool is_integer(int type) {
  constexpr std::array kTypes{TBYTE, TSBYTE, TSHORT, TUSHORT, TINT, TUINT, TLONG, TULONG, TLONGLONG, TULONGLONG};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

struct FitsColumn {
  HeaderColumn header;
  int type = 0;  ///< cfitsio's, scaling considered
};

FitsColumn column_header(fitsfile* file, int number, const std::string& origin) {
  int status = 0, type = 0;
  LONGLONG repeat = 0, width = 0;
  std::array<char, FLEN_VALUE> name{}, unit{};
  fits_get_bcolparmsll(file, number, name.data(), unit.data(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                       &status);
  fits_get_eqcoltypell(file, number, &type, &repeat, &width, &status);
  check(status, origin);
  const bool is_number = repeat == 1 && (is_integer(type) || type == TFLOAT || type == TDOUBLE);
  return {.header = {.name = name.data(), .unit = unit.data(), .is_number = is_number}, .type = type};
}

// Goes to the first binary table; compressed images, which FITS stores in such tables, do not count.
void find_table(fitsfile* file, const std::string& origin) {
  for (int status = 0, type = 0;;) {
    fits_get_hdu_type(file, &type, &status);
    if (status == 0 && type == BINARY_TBL) return;
    fits_movrel_hdu(file, 1, &type, &status);
    if (status == END_OF_FILE) throw InputError(origin + ": holds no binary table");
    check(status, origin);
  }
}

// cfitsio reads zeros behind the end of a file.
void check_is_whole(fitsfile* file, LONGLONG rows, std::size_t size, const std::string& origin) {
  int status = 0;
  LONGLONG row_bytes = 0, header = 0, begin = 0, end = 0;
  fits_read_key(file, TLONGLONG, "NAXIS1", &row_bytes, nullptr, &status);
  fits_get_hduaddrll(file, &header, &begin, &end, &status);
  check(status, origin);
  const LONGLONG there = std::max<LONGLONG>(static_cast<LONGLONG>(size) - begin, 0);
  if (rows > 0 && row_bytes <= 0) throw InputError(origin + ": its header promises rows of no length (NAXIS1)");
  if (rows > 0 && rows > there / row_bytes) {
    throw InputError(fmt::format("{}: is truncated: its header promises {} rows, the file ends after row {}", origin,
                                 rows, there / row_bytes));
  }
}

std::vector<double> read_numbers(fitsfile* file, int number, LONGLONG rows, const std::string& origin) {
  std::vector<double> values(static_cast<std::size_t>(rows));
  double missing = std::numeric_limits<double>::quiet_NaN();
  int status = 0, any_missing = 0;
  fits_read_col(file, TDOUBLE, number, 1, 1, rows, &missing, values.data(), &any_missing, &status);
  check(status, origin);
  return values;
}

std::vector<std::int64_t> read_star_numbers(fitsfile* file, int number, const FitsColumn& column, LONGLONG rows,
                                            const std::string& origin) {
  if (!column.header.is_number || !is_integer(column.type)) {
    throw InputError(origin + ", column " + column.header.name +
                     ": expected whole numbers (TFORM K, 64 bits); other types lose digits");
  }
  std::vector<LONGLONG> values(static_cast<std::size_t>(rows));
  LONGLONG missing = -1;
  int status = 0, any_missing = 0;
  fits_read_col(file, TLONGLONG, number, 1, 1, rows, &missing, values.data(), &any_missing, &status);
  check(status, origin);
  return {values.begin(), values.end()};
}

TableColumn read_column(fitsfile* file, int number, const FitsColumn& column, Reading reading, LONGLONG rows,
                        const std::string& origin) {
  TableColumn cells;
  if (reading == Reading::skip) return cells;
  if (reading == Reading::star_number) {
    cells.star_numbers = read_star_numbers(file, number, column, rows, origin);
    return cells;
  }
  if (!column.header.is_number) {
    throw InputError(origin + ", column " + column.header.name +
                     ": expected one number a cell, found text, truth values or arrays");
  }
  cells.numbers = read_numbers(file, number, rows, origin);
  if (reading == Reading::measured) {
    const auto infinite = std::ranges::find_if(cells.numbers, [](double value) { return std::isinf(value); });
    if (infinite == cells.numbers.end()) return cells;
    const auto row = static_cast<std::size_t>(infinite - cells.numbers.begin()) + 1;
    throw InputError(cell_place(origin, row, column.header.name) + ": is infinite. Use NaN if the value is missing.");
  }
  // Integers near 2^53 may have been rounded on the way to double: then the column is better left out.
  constexpr double kExact = 9007199254740992.0;
  const bool rounded = is_integer(column.type) &&
                       std::ranges::any_of(cells.numbers, [](double value) { return std::abs(value) >= kExact; });
  if (rounded) cells = {.numbers = {}, .star_numbers = {}, .dropped = true};
  return cells;
}

void check_name(const std::string& name, const std::string& origin) {
  constexpr std::size_t kLongest = 68;
  const bool printable = std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
  if (!printable || name.size() > kLongest) {
    throw InputError(origin + ": FITS cannot hold the column name " + quoted(name) +
                     " (printable ASCII, at most 68 characters). Write .csv or .ecsv.");
  }
}

// A growing block of memory that cfitsio writes a file into.
struct MemoryFile {
  void* data = nullptr;
  std::size_t size = 0;

  MemoryFile() = default;
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { std::free(data); }
};

void write_failed(int status) {
  if (status != 0) throw InternalError("cfitsio could not write a table: " + reason(status));
}

void create_table(fitsfile* file, const Catalogue& catalogue) {
  std::vector<std::string> names, forms, units;
  if (!catalogue.source_id.empty()) {
    names.emplace_back("source_id");
    forms.emplace_back("K");
    units.emplace_back("");
  }
  for (const auto& column : catalogue.columns()) {
    names.push_back(column.name);
    forms.emplace_back("D");
    units.push_back(column.unit);
  }
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts) result.push_back(text.data());
    return result;
  };
  int status = 0;
  fits_create_tbl(file, BINARY_TBL, static_cast<LONGLONG>(catalogue.rows()), static_cast<int>(names.size()),
                  pointers(names).data(), pointers(forms).data(), pointers(units).data(), "CATALOGUE", &status);
  write_failed(status);
}

// cfitsio takes its input as void*, but does not write to it.
template <typename Number>
void write_column(fitsfile* file, int type, int number, const std::vector<Number>& values) {
  int status = 0;
  fits_write_col(file, type, number, 1, 1, static_cast<LONGLONG>(values.size()), const_cast<Number*>(values.data()),
                 &status);
  write_failed(status);
}

}  // namespace

Table read_fits(std::string& bytes, const std::string& origin, const Planner& plan) {
  void* data = bytes.data();
  std::size_t size = bytes.size();
  fitsfile* opened = nullptr;
  int status = 0, columns = 0;
  fits_open_memfile(&opened, "catalogue", READONLY, &data, &size, 0, nullptr, &status);
  const FitsFile file(opened);
  check(status, origin);
  find_table(file.get(), origin);
  LONGLONG rows = 0;
  fits_get_num_rowsll(file.get(), &rows, &status);
  fits_get_num_cols(file.get(), &columns, &status);
  check(status, origin);
  check_is_whole(file.get(), rows, bytes.size(), origin);

  std::vector<FitsColumn> declared;
  Table table{.header = {}, .columns = {}, .rows = static_cast<std::size_t>(rows)};
  for (int number = 1; number <= columns; ++number) {
    declared.push_back(column_header(file.get(), number, origin));
    table.header.push_back(declared.back().header);
  }
  const auto readings = plan(table.header);
  for (int number = 1; number <= columns; ++number) {
    const auto i = static_cast<std::size_t>(number - 1);
    table.columns.push_back(read_column(file.get(), number, declared[i], readings[i], rows, origin));
  }
  return table;
}

std::string to_fits(const Catalogue& catalogue, const std::string& origin) {
  for (const auto& column : catalogue.columns()) check_name(column.name, origin);
  const std::size_t row_bytes = 8 * (catalogue.columns().size() + 1);
  MemoryFile memory;
  fitsfile* created = nullptr;
  int status = 0;
  // cfitsio grows the block by this much at a time.
  const std::size_t step = std::max<std::size_t>(2880, catalogue.rows() * row_bytes);
  fits_create_memfile(&created, &memory.data, &memory.size, step, std::realloc, &status);
  FitsFile file(created);
  write_failed(status);
  create_table(file.get(), catalogue);
  int number = 0;
  static_assert(sizeof(LONGLONG) == sizeof(std::int64_t));
  if (!catalogue.source_id.empty()) write_column(file.get(), TLONGLONG, ++number, catalogue.source_id);
  for (const auto& column : catalogue.columns()) write_column(file.get(), TDOUBLE, ++number, column.values);
  LONGLONG header = 0, begin = 0, end = 0;
  fits_flush_file(file.get(), &status);
  fits_get_hduaddrll(file.get(), &header, &begin, &end, &status);
  write_failed(status);
  file.reset();
  return {static_cast<const char*>(memory.data), static_cast<std::size_t>(end)};
}

}  // namespace praesepe::sim::astrometry::formats
