#include "sim/astrometry/formats/file_bytes.hpp"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "sim/error.hpp"

namespace praesepe::sim::astrometry::formats {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;

struct CloseGz {
  void operator()(gzFile file) const { gzclose(file); }
};
using GzFile = std::unique_ptr<gzFile_s, CloseGz>;

// zlib reports failures of the system as Z_ERRNO and leaves their kind in errno.
std::string reason(gzFile file) {
  int code = Z_OK;
  const char* text = gzerror(file, &code);
  return code == Z_ERRNO ? std::strerror(errno) : text;
}

void check_is_file(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) {
    const bool missing = !error || error == std::errc::no_such_file_or_directory;
    throw InputError(path.string() + ": " + (missing ? "no such file" : error.message()));
  }
  if (fs::is_directory(status)) throw InputError(path.string() + ": is a directory, expected a catalogue file");
}

[[noreturn]] void refuse_to_write(const fs::path& path, const std::string& why) {
  throw InputError(path.string() + ": cannot be written: " + why);
}

// Mode "T" writes the bytes as they are, through the same calls.
void write_directly(const fs::path& target, const fs::path& named, std::string_view bytes) {
  GzFile file(gzopen(target.c_str(), named.extension() == ".gz" ? "wb6" : "wbT"));
  if (!file) refuse_to_write(named, std::strerror(errno));
  for (std::size_t begin = 0; begin < bytes.size(); begin += kBlock) {
    const auto block = bytes.substr(begin, kBlock);
    if (gzwrite(file.get(), block.data(), static_cast<unsigned>(block.size())) <= 0) {
      refuse_to_write(named, reason(file.get()));
    }
  }
  if (gzclose(file.release()) != Z_OK) refuse_to_write(named, std::strerror(errno));
}

}  // namespace

std::string read_bytes(const fs::path& path) {
  check_is_file(path);
  errno = 0;
  const GzFile file(gzopen(path.c_str(), "rb"));
  if (!file) throw InputError(path.string() + ": cannot be read: " + std::strerror(errno));
  gzbuffer(file.get(), kBlock);
  std::string bytes;
  std::error_code ignored;
  const auto size = fs::file_size(path, ignored);
  if (!ignored) bytes.reserve(size + 1);
  for (std::size_t filled = 0;;) {
    bytes.resize(std::max(filled + kBlock, filled == bytes.size() ? 2 * filled : bytes.size()));
    const auto room = std::min(bytes.size() - filled, std::size_t{1} << 30);
    const int count = gzread(file.get(), bytes.data() + filled, static_cast<unsigned>(room));
    if (count < 0) throw InputError(path.string() + ": cannot be read: " + reason(file.get()));
    filled += static_cast<std::size_t>(count);
    if (count == 0) {
      bytes.resize(filled);
      break;
    }
  }
  // The end of a truncated gzip file shows only here.
  int code = Z_OK;
  gzerror(file.get(), &code);
  if (code != Z_OK && code != Z_STREAM_END) throw InputError(path.string() + ": is a truncated gzip file");
  return bytes;
}

void write_bytes(const fs::path& path, std::string_view bytes) {
  if (fs::is_directory(path)) refuse_to_write(path, "it is a directory");
  const fs::path temporary =
      path.parent_path() / ("." + path.filename().string() + "." + std::to_string(getpid()) + ".tmp");
  std::error_code error;
  try {
    write_directly(temporary, path, bytes);
  } catch (...) {
    fs::remove(temporary, error);
    throw;
  }
  fs::rename(temporary, path, error);
  if (error) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    refuse_to_write(path, error.message());
  }
}

}  // namespace praesepe::sim::astrometry::formats
