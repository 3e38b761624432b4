// What the workers of a campaign do: a task from the mark that it is under way to its published shard, alone or as one
// of several that share the task's chains.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "workflow/campaign/plan.hpp"
#include "workflow/chain_board.hpp"
#include "workflow/result_folder.hpp"

namespace praesepe::workflow {

/// What a worker takes at once: a task, or a part of its chains.
struct Part {
  std::int64_t task;
  std::uint32_t index = 0, of = 1;

  /// For schedulers, which know numbers only.
  std::int64_t number() const { return (task * kMost + index) * kMost + of; }
  static Part numbered(std::int64_t number);

 private:
  static constexpr std::int64_t kMost = 64;
};

/// The tasks in their order, each in as many parts as there are workers for it, but no more than chains.
std::vector<Part> parts_of(const std::vector<std::int64_t>& tasks, std::size_t workers, int chains);

/// One object a process; threads call it together.
class CampaignWorker {
 public:
  /// Keeps references. With several ranks, parts of a task may be elsewhere. `threads`: of this process;
  /// `threads_per_part`: those that share the stars of one part.
  CampaignWorker(const campaign::Campaign& campaign, const std::vector<campaign::Task>& plan,
                 const ResultFolder& folder, int ranks, int threads, int threads_per_part);

  /// Does a part, and publishes the task's shard if it is the first part. Returns a line of JSON for the log, or
  /// nothing. Throws what concerns all tasks, such as a full disk.
  std::string work(Part part);

 private:
  std::shared_ptr<ChainBoard> board_of(Part part);
  std::string run_and_publish(const campaign::Task& task, BoardWorker& journal);

  const campaign::Campaign& campaign_;
  const std::vector<campaign::Task>& plan_;
  const ResultFolder& folder_;
  store::CampaignIdentity identity_;
  bool other_processes_;
  int threads_per_part_;
  std::string runs_;  // see store::Origin
  std::mutex mutex_;
  std::map<std::int64_t, std::weak_ptr<ChainBoard>> boards_;  // of the tasks on which threads of this process work
};

}  // namespace praesepe::workflow
