// Which tasks are under way, by a mark each in the folder `running`, and how earlier attempts at them ended.
//
// A mark has a line for every attempt, `HOST PROCESS`, followed by `crash SIGNAL` if the attempt ended by a signal that
// the program raises itself (a segmentation fault, an abort). It is removed when the task is published, or put aside on
// request; so what is there when a task begins tells how often it has taken a process with it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "workflow/result_folder.hpp"

namespace praesepe::workflow {

/// From these numbers on a task is not attempted again.
constexpr std::int64_t kMaxCrashes = 3;
/// Attempts that ended without a trace: killed from outside, by a full memory or a failing machine. Whoever kills runs
/// now and then will hit the same task twice, so more of them are forgiven.
constexpr std::int64_t kMaxVanished = 10;

/// Marks a task as under way for as long as it lives. One a thread.
class RunningMark {
 public:
  RunningMark(const ResultFolder& folder, std::int64_t task);
  RunningMark(const RunningMark&) = delete;
  RunningMark& operator=(const RunningMark&) = delete;
  ~RunningMark();

  /// How many processes began this task, this one included.
  std::int64_t attempts() const { return attempts_; }
  /// Why the task must not be attempted again, if so.
  std::optional<std::string> verdict() const;

 private:
  std::filesystem::path path_;
  int file_ = -1;
  std::int64_t attempts_ = 1, crashes_ = 0, vanished_ = 0;
  int last_signal_ = 0;
};

/// From now on a signal of the program's own making is noted in the mark of the thread that met it, and then ends the
/// process as it would have.
void note_crashes_in_marks();

/// Tasks with a mark whose process still runs, as far as this host can tell.
std::set<std::int64_t> running_tasks(const ResultFolder& folder);

}  // namespace praesepe::workflow
