// The YAML header of an ECSV file: delimiter, names, units and types of the columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/astrometry/formats/table.hpp"

namespace praesepe::sim::astrometry::formats {

struct EcsvHeader {
  char delimiter = ' ';
  std::vector<HeaderColumn> columns;
  std::size_t length = 0;  ///< bytes of the text that the header takes
};

/// Throws InputError if the text does not begin with an ECSV header.
EcsvHeader parse_ecsv_header(std::string_view text, const std::string& origin);

}  // namespace praesepe::sim::astrometry::formats
