// Files that appear whole or not at all, and stay after a power cut: write a temporary beside the target, fsync it,
// give it its name in one step, fsync the folder.
//
// A temporary is called `.<name>.<host>.<pid>.tmp`; a killed writer leaves it behind, and nobody reads it.
// All functions throw std::system_error with the file's name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace praesepe::workflow::store {

/// A file to be written under a temporary name; removed unless published.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::filesystem::path target);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  const std::filesystem::path& path() const { return path_; }
  /// Makes the bytes its whole content.
  void write(std::string_view bytes) const;
  /// Gives the file its name if that is free and returns true; returns false if another writer was first.
  bool publish_first();
  /// Gives the file its name, replacing what had it.
  void publish_over();

 private:
  std::filesystem::path target_;
  std::filesystem::path path_;
};

/// Removes temporaries whose writer is gone: a process of this host that no longer runs, or, of another host, one that
/// has not touched its file for ten minutes. Returns how many.
std::size_t remove_stray_temporaries(const std::filesystem::path& folder);

std::string host_name();

}  // namespace praesepe::workflow::store
