#include "workflow/running_tasks.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>

#include "workflow/store/durable_file.hpp"

namespace praesepe::workflow {

namespace fs = std::filesystem;

namespace {

struct Mark {
  std::int64_t lines = 0;
  std::string host;  // of the last line
  pid_t process = 0;
};

Mark read_mark(const fs::path& path) {
  Mark mark;
  std::ifstream file(path);
  for (std::string host; file >> host >> mark.process; ++mark.lines) mark.host = host;
  return mark;
}

}  // namespace

RunningMark::RunningMark(const ResultFolder& folder, std::int64_t task)
    : path_(folder.running() / fmt::format("{:06}", task)) {
  std::ofstream(path_, std::ios::app) << fmt::format("{} {}\n", store::host_name(), getpid());
  attempts_ = std::max<std::int64_t>(1, read_mark(path_).lines);
}

RunningMark::~RunningMark() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

std::set<std::int64_t> running_tasks(const ResultFolder& folder) {
  std::set<std::int64_t> running;
  if (!fs::is_directory(folder.running())) return running;
  for (const auto& entry : fs::directory_iterator(folder.running())) {
    const std::string name = entry.path().filename().string();
    std::int64_t task = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), task).ec != std::errc()) continue;
    const Mark mark = read_mark(entry.path());
    const bool gone = mark.host == store::host_name() && kill(mark.process, 0) != 0 && errno == ESRCH;
    if (mark.lines > 0 && !gone) running.insert(task);
  }
  return running;
}

}  // namespace praesepe::workflow
