// Which tasks are under way, by a mark each in the folder `running`. A killed process leaves its marks; the next
// attempt at the task finds them and counts on.
#pragma once

#include <cstdint>
#include <set>

#include "workflow/result_folder.hpp"

namespace praesepe::workflow {

/// Marks a task as under way for as long as it lives.
class RunningMark {
 public:
  RunningMark(const ResultFolder& folder, std::int64_t task);
  RunningMark(const RunningMark&) = delete;
  RunningMark& operator=(const RunningMark&) = delete;
  ~RunningMark();

  /// How many processes began this task, this one included.
  std::int64_t attempts() const { return attempts_; }

 private:
  std::filesystem::path path_;
  std::int64_t attempts_ = 0;
};

/// Tasks with a mark whose process still runs, as far as this host can tell.
std::set<std::int64_t> running_tasks(const ResultFolder& folder);

}  // namespace praesepe::workflow
