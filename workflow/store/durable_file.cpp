#include "workflow/store/durable_file.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <regex>
#include <system_error>

namespace praesepe::workflow::store {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& path, const char* what) {
  throw std::system_error(errno, std::generic_category(), path.string() + ": " + what);
}

void sync(const fs::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) fail(path, "cannot be opened to be flushed to disk");
  const int result = ::fsync(file);
  const int error = errno;
  ::close(file);
  errno = error;
  // Some network file systems do not sync folders; the file itself is safe by then.
  if (result != 0 && !(errno == EINVAL && (flags & O_DIRECTORY) != 0)) fail(path, "cannot be flushed to disk");
}

void sync_folder_of(const fs::path& path) {
  sync(path.has_parent_path() ? path.parent_path() : fs::path("."), O_RDONLY | O_DIRECTORY);
}

/// Whether the writer of a temporary may still be at work.
bool is_writer_alive(const fs::path& temporary, const std::string& host, long pid) {
  if (host == host_name()) return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
  std::error_code gone;
  const auto touched = fs::last_write_time(temporary, gone);
  return !gone && fs::file_time_type::clock::now() - touched < std::chrono::minutes(10);
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "host";
  return name.data();
}

TemporaryFile::TemporaryFile(fs::path target) : target_(std::move(target)) {
  const std::string name = target_.stem().string() + "." + host_name() + "." + std::to_string(::getpid());
  path_ = target_.parent_path() / ("." + name + ".tmp");
}

TemporaryFile::~TemporaryFile() {
  std::error_code already_gone;
  fs::remove(path_, already_gone);
}

void TemporaryFile::write(std::string_view bytes) const {
  const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) fail(path_, "cannot be written");
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  const int error = errno;
  const bool is_closed = ::close(file) == 0;
  if (!bytes.empty()) errno = error;
  if (!bytes.empty() || !is_closed) fail(path_, "cannot be written");
}

bool TemporaryFile::publish_first() {
  sync(path_, O_RDWR);
  if (::link(path_.c_str(), target_.c_str()) != 0) {
    if (errno == EEXIST) return false;
    fail(target_, "cannot be published");
  }
  if (::unlink(path_.c_str()) != 0) fail(path_, "cannot be removed");
  sync_folder_of(target_);
  return true;
}

void TemporaryFile::publish_over() {
  sync(path_, O_RDWR);
  if (::rename(path_.c_str(), target_.c_str()) != 0) fail(target_, "cannot be published");
  sync_folder_of(target_);
}

std::size_t remove_stray_temporaries(const fs::path& folder) {
  static const std::regex kTemporary(R"(\.[^.]+\.(.+)\.(\d{1,9})\.tmp)");
  std::size_t removed = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::smatch parts;
    const std::string name = entry.path().filename().string();
    if (!std::regex_match(name, parts, kTemporary)) continue;
    if (is_writer_alive(entry.path(), parts[1], std::stol(parts[2]))) continue;
    std::error_code already_gone;
    if (fs::remove(entry.path(), already_gone)) ++removed;
  }
  return removed;
}

}  // namespace praesepe::workflow::store
