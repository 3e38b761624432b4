// The tasks of a campaign over threads and ranks: which are still to do, their shards, the log and the progress.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workflow/campaign/plan.hpp"
#include "workflow/result_folder.hpp"
#include "workflow/scheduler/progress.hpp"
#include "workflow/scheduler/ranks.hpp"

namespace praesepe::workflow {

struct RunOptions {
  int threads = 0;                  ///< of this process; 0: as many as cores, or one under MPI
  std::vector<std::int64_t> tasks;  ///< to run, ascending; those with a valid shard are skipped
  scheduler::ProgressStyle progress = scheduler::ProgressStyle::lines;
  std::string log = "log.jsonl";  ///< name in the result folder
};

struct RunOutcome {
  bool work_left = false;           ///< stopped on request
  std::vector<std::string> errors;  ///< what kept results from being stored
};

/// Runs the tasks and publishes a shard each; all ranks call it with the same campaign and folder.
RunOutcome run_campaign(const scheduler::Ranks& ranks, const campaign::Campaign& campaign,
                        const std::vector<campaign::Task>& plan, const ResultFolder& folder, const RunOptions& options);

/// Tasks of the plan without a valid shard, ascending.
std::vector<std::int64_t> unfinished_tasks(const campaign::Campaign& campaign, const std::vector<campaign::Task>& plan,
                                           const ResultFolder& folder);

}  // namespace praesepe::workflow
