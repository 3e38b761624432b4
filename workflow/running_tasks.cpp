#include "workflow/running_tasks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>
#include <vector>

#include "workflow/store/durable_file.hpp"

namespace praesepe::workflow {

namespace fs = std::filesystem;

namespace {

struct Attempt {
  std::string host;
  pid_t process = 0;
  int signal = 0;  // 0: none was noted

  bool is_gone() const { return host == store::host_name() && kill(process, 0) != 0 && errno == ESRCH; }
};

std::vector<Attempt> read_mark(const fs::path& path) {
  std::vector<Attempt> attempts;
  std::ifstream file(path);
  std::string word;
  for (int number = 0; file >> word >> number;) {
    if (word != "crash") {
      attempts.push_back({word, number});
    } else if (!attempts.empty()) {
      attempts.back().signal = number;
    }
  }
  return attempts;
}

thread_local int mark_of_this_thread = -1;

void note_crash(int signal) {
  if (mark_of_this_thread >= 0) {
    // Nothing but write() is safe here; signals have one or two digits.
    std::array<char, 9> line{
        'c', 'r', 'a', 's', 'h', ' ', static_cast<char>('0' + signal / 10), static_cast<char>('0' + signal % 10), '\n'};
    [[maybe_unused]] const auto written = write(mark_of_this_thread, line.data(), line.size());
  }
  std::signal(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

RunningMark::RunningMark(const ResultFolder& folder, std::int64_t task)
    : path_(folder.running() / fmt::format("{:06}", task)) {
  for (const Attempt& attempt : read_mark(path_)) {
    ++attempts_;
    if (attempt.signal != 0) {
      ++crashes_;
      last_signal_ = attempt.signal;
    } else if (attempt.is_gone()) {
      ++vanished_;
    }
  }
  file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  const std::string line = fmt::format("{} {}\n", store::host_name(), getpid());
  [[maybe_unused]] const auto written = write(file_, line.data(), line.size());
  mark_of_this_thread = file_;
}

RunningMark::~RunningMark() {
  mark_of_this_thread = -1;
  close(file_);
  std::error_code ignored;
  fs::remove(path_, ignored);
}

std::optional<std::string> RunningMark::verdict() const {
  if (crashes_ >= kMaxCrashes) {
    return fmt::format("crashed in {} attempts, the last time by signal {} ({})", crashes_, last_signal_,
                       strsignal(last_signal_));
  }
  if (vanished_ >= kMaxVanished) {
    return fmt::format("{} attempts ended without a trace: killed, out of memory, or the machine failed", vanished_);
  }
  return std::nullopt;
}

void note_crashes_in_marks() {
  for (const int signal : std::array{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(signal, note_crash);
}

std::set<std::int64_t> running_tasks(const ResultFolder& folder) {
  std::set<std::int64_t> running;
  if (!fs::is_directory(folder.running())) return running;
  for (const auto& entry : fs::directory_iterator(folder.running())) {
    const std::string name = entry.path().filename().string();
    std::int64_t task = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), task);
    if (error != std::errc() || end != name.data() + name.size()) continue;
    const auto attempts = read_mark(entry.path());
    if (!attempts.empty() && !attempts.back().is_gone()) running.insert(task);
  }
  return running;
}

}  // namespace praesepe::workflow
