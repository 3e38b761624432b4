// Tasks that did not converge, as the commands list them at their end.
#pragma once

#include <vector>

#include "workflow/result_folder.hpp"
#include "workflow/store/task_result.hpp"

namespace praesepe::workflow::command_line {

/// Identity and outcome of the tasks among `chosen` that have a shard.
std::vector<store::TaskResult> shard_outcomes(const ResultFolder& folder, const std::vector<std::int64_t>& chosen);

/// Lists tasks with a status other than converged on stderr. Returns the exit status of a command that ends so.
int report_unconverged(const std::vector<store::TaskResult>& outcomes);

/// A status as a word: converged, not converged, failed, crashed, missing.
const char* status_word(store::TaskStatus status);

}  // namespace praesepe::workflow::command_line
