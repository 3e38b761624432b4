#include "workflow/command_line/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "workflow/command_line/command.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::workflow::command_line {

std::vector<store::TaskResult> shard_outcomes(const ResultFolder& folder, const std::vector<std::int64_t>& chosen) {
  std::vector<store::TaskResult> outcomes;
  for (const auto& shard : store::list_shards(folder.shards())) {
    auto task = store::read_shard_header(shard).task;
    if (std::ranges::binary_search(chosen, task.id)) outcomes.push_back(std::move(task));
  }
  return outcomes;
}

const char* status_word(store::TaskStatus status) {
  constexpr std::array kWords{"converged", "not converged", "failed", "crashed", "missing"};
  return kWords.at(static_cast<std::size_t>(status));
}

int report_unconverged(const std::vector<store::TaskResult>& outcomes) {
  int exit_status = kSuccess;
  for (const auto& task : outcomes) {
    if (task.status == store::TaskStatus::converged) continue;
    exit_status = kSomeUnconverged;
    fmt::print(stderr, "task {}: {}: {}\n", task.id, status_word(task.status), task.message);
  }
  return exit_status;
}

}  // namespace praesepe::workflow::command_line
