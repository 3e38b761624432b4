#include "workflow/scheduler/work_journal.hpp"

#include <sstream>
#include <stdexcept>

#include "sim/error.hpp"

namespace praesepe::workflow::scheduler {

namespace {

/// The lines that end; the file is cut after the last of them.
std::queue<std::string> whole_lines(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  std::string whole = text.str();
  whole.resize(whole.rfind('\n') + 1);  // npos + 1 is 0
  std::filesystem::resize_file(path, whole.size());
  std::queue<std::string> lines;
  std::istringstream stream(whole);
  for (std::string line; std::getline(stream, line);) lines.push(line);
  return lines;
}

}  // namespace

WorkJournal::WorkJournal(std::filesystem::path file, const std::string& identity) : path_(std::move(file)) {
  if (std::filesystem::exists(path_)) known_ = whole_lines(path_);
  const bool begun = !known_.empty();
  if (begun && known_.front() != identity) {
    throw InputError(path_.string() +
                     ": is not of this search: another catalogue, other settings or another program; expected its own "
                     "file, or none");
  }
  file_.open(path_, std::ios::binary | std::ios::app);
  if (begun) {
    known_.pop();
  } else {
    file_ << identity << '\n';
  }
  if (!file_.flush()) throw InputError(path_.string() + ": cannot be written");
}

std::string WorkJournal::next() {
  if (known_.empty()) return "";
  std::string result = std::move(known_.front());
  known_.pop();
  return result;
}

void WorkJournal::add(const std::string& result) {
  file_ << result << '\n';
  if (!file_.flush()) throw std::runtime_error(path_.string() + ": cannot be written");
}

}  // namespace praesepe::workflow::scheduler
