// Tasks of very different length over threads and ranks: whoever is free takes the next one.
//
// Worker threads compute; the main thread of each process fetches tasks for them, from rank 0 by messages, and sleeps
// in between. So rank 0 computes like all others, and no core is spent on waiting. Messages to rank 0, first word:
//
//   next     a task is wanted; answered by its number, or by "none"
//   report   one line about a finished task
//   done     no worker is left; followed by an error if one was met
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "workflow/scheduler/ranks.hpp"

namespace praesepe::workflow::scheduler {

/// What is done with a task, in a thread of any rank; returns one line about it. Throws only for what concerns all
/// tasks, such as a full disk.
using Work = std::function<std::string(std::int64_t task)>;

/// Called in the main thread of rank 0 only.
struct Observer {
  std::function<void(const std::string& report)> finished;
  std::function<void()> tick;  ///< several times a second
};

struct Outcome {
  std::vector<std::int64_t> left;   ///< tasks that were not begun; rank 0 only
  std::vector<std::string> errors;  ///< what Work threw; rank 0 knows those of all ranks
};

/// All ranks call it. `tasks` in the order in which they begin; only rank 0's counts. After a stop signal to some rank,
/// or an error, no further task begins.
Outcome run_tasks(const Ranks& ranks, std::vector<std::int64_t> tasks, int threads, const Work& work,
                  const Observer& observer);

}  // namespace praesepe::workflow::scheduler
