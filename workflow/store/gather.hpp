// Stacks the results of all tasks into one file, `posteriors.h5`.
//
// Results are read one at a time, so memory holds one task. The file is a function of the results alone: the same bytes
// whatever their order, folders and number of gatherings; its attribute `created` is the time of the latest result. It
// appears in one step and replaces what was there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "workflow/store/identity.hpp"
#include "workflow/store/task_result.hpp"

namespace praesepe::workflow::store {

/// A task of the campaign, whether it has a result or not.
struct PlannedTask {
  std::int64_t id = 0;
  std::int64_t cell = 0;
  std::int64_t replicate = 0;
  std::int64_t seed = 0;
  std::vector<double> truth;  ///< in the order of the quantities, derived ones may be left off; empty for real data
};

/// `sources`: shards, gathered files, folders of shards, or result folders with a folder `shards`. With
/// `allow_missing`, tasks without result get a row of status 4, else they are refused. Of two results of a task the one
/// with the better status is taken; two with draws must be the same. Returns the outcomes, as PosteriorFile::tasks()
/// would. Throws InputError, naming the file, for missing tasks, damaged or foreign results, and ones that cannot be
/// stacked.
std::vector<TaskResult> gather(const CampaignIdentity& campaign, const std::vector<PlannedTask>& plan,
                               const std::vector<std::filesystem::path>& sources, const std::filesystem::path& output,
                               bool allow_missing = false);

}  // namespace praesepe::workflow::store
