// The formats catalogues are stored in, told by the file's extension.
#pragma once

#include <filesystem>

namespace praesepe::sim::astrometry::formats {

enum class FileFormat { csv, ecsv, fits };

/// .csv, .ecsv, .fits or .fit, in either case, each also with .gz behind it. Throws InputError for any other name.
FileFormat file_format(const std::filesystem::path& path);

}  // namespace praesepe::sim::astrometry::formats
