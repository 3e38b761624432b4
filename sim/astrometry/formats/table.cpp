#include "sim/astrometry/formats/table.hpp"

#include <fmt/format.h>

namespace praesepe::sim::astrometry::formats {

namespace {

// Control characters would break a message's line.
std::string on_one_line(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string shown(text.substr(0, kLongest));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text.size() > kLongest ? shown + "..." : shown;
}

}  // namespace

std::string cell_place(const std::string& origin, std::size_t row, std::string_view column) {
  return fmt::format("{}, row {}, column {}", origin, row, on_one_line(column));
}

std::string quoted(std::string_view text) { return "'" + on_one_line(text) + "'"; }

bool is_exact(std::int64_t number) {
  constexpr std::int64_t kLargest = std::int64_t{1} << 53;
  return -kLargest <= number && number <= kLargest;
}

}  // namespace praesepe::sim::astrometry::formats
