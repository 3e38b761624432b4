// Whole files in and out of memory, compressed or not.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace praesepe::sim::astrometry::formats {

/// The bytes of a file, uncompressed if it is a gzip file (whatever its name). Throws InputError if the file is
/// missing, a directory, unreadable, or a broken gzip file.
std::string read_bytes(const std::filesystem::path& path);

/// Writes a file, gzip-compressed if its name ends in .gz, by way of a temporary beside it: `path` is either the old
/// file or the whole new one. Throws InputError if it cannot be written.
void write_bytes(const std::filesystem::path& path, std::string_view bytes);

}  // namespace praesepe::sim::astrometry::formats
