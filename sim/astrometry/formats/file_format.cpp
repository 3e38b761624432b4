#include "sim/astrometry/formats/file_format.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "sim/error.hpp"

namespace praesepe::sim::astrometry::formats {

FileFormat file_format(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  if (name.ends_with(".csv")) return FileFormat::csv;
  if (name.ends_with(".ecsv")) return FileFormat::ecsv;
  if (name.ends_with(".fits") || name.ends_with(".fit")) return FileFormat::fits;
  throw InputError(
      path.string() +
      ": unknown kind of catalogue, expected a name ending in .csv, .csv.gz, .ecsv, .fits, .fit or .fits.gz");
}

}  // namespace praesepe::sim::astrometry::formats
