#include "workflow/store/gather.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "sim/error.hpp"
#include "workflow/fault.hpp"
#include "workflow/store/checksum.hpp"
#include "workflow/store/durable_file.hpp"
#include "workflow/store/posterior_file.hpp"
#include "workflow/store/posterior_writer.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::workflow::store {

namespace fs = std::filesystem;

namespace {

/// Where a result lies.
struct Source {
  fs::path file;
  std::size_t row;
  Origin origin;
  TaskResult outcome;

  TaskResult read() const { return PosteriorFile(file).task_result(row); }
};

using Sources = std::map<std::int64_t, Source>;

std::vector<fs::path> files_in(const std::vector<fs::path>& sources) {
  std::vector<fs::path> files;
  for (const auto& source : sources) {
    if (!fs::exists(source)) throw InputError(source.string() + ": there is no such file or folder");
    if (!fs::is_directory(source)) {
      files.push_back(source);
      continue;
    }
    const auto shards = list_shards(fs::is_directory(source / "shards") ? source / "shards" : source);
    files.insert(files.end(), shards.begin(), shards.end());
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

/// Keeps the better of two results of one task; the order in which they are met does not matter.
void add(Sources& sources, Source found) {
  const auto [place, is_new] = sources.try_emplace(found.outcome.id, found);
  if (is_new) return;
  Source& known = place->second;
  const auto order = [](const Source& s) { return std::tie(s.outcome.status, s.origin.created, s.file); };
  if (known.outcome.has_draws() && found.outcome.has_draws() && !same_numbers(known.read(), found.read()))
    throw InputError(fmt::format("{} and {} hold different results of task {}; remove the one that is not wanted",
                                 known.file.string(), found.file.string(), known.outcome.id));
  if (order(found) < order(known)) known = std::move(found);
}

void check_file(const fs::path& path, const PosteriorFile& file, const CampaignIdentity& campaign) {
  if (file.campaign().sha256 == campaign.sha256) return;
  throw InputError(fmt::format("{}: belongs to another campaign (\"{}\", campaign_sha256 {}), not to \"{}\" ({})",
                               path.string(), file.campaign().name, file.campaign().sha256, campaign.name,
                               campaign.sha256));
}

Sources find_results(const std::vector<fs::path>& files, const CampaignIdentity& campaign) {
  Sources sources;
  for (const auto& path : files) {
    const PosteriorFile file(path);
    if (file.tasks().size() == 1 || has_seal(path)) check_seal(path);
    check_file(path, file, campaign);
    for (std::size_t row = 0; row < file.tasks().size(); ++row)
      if (file.tasks()[row].status != TaskStatus::missing) add(sources, {path, row, file.origin(), file.tasks()[row]});
  }
  return sources;
}

void check_plan(const std::vector<PlannedTask>& plan, const Sources& sources) {
  std::map<std::int64_t, const PlannedTask*> planned;
  for (const auto& task : plan) planned[task.id] = &task;
  if (planned.size() != plan.size()) throw InternalError("a plan names a task twice");
  for (const auto& [id, source] : sources) {
    const auto found = planned.find(id);
    if (found == planned.end())
      throw InputError(fmt::format("{}: holds task {}, which the campaign does not have", source.file.string(), id));
    const auto& [task, outcome] = std::tie(*found->second, source.outcome);
    if (std::tie(task.cell, task.replicate, task.seed) != std::tie(outcome.cell, outcome.replicate, outcome.seed))
      throw InputError(fmt::format(
          "{}: task {} is cell {}, replicate {}, seed {} there, but {}, {}, {} in the campaign", source.file.string(),
          id, outcome.cell, outcome.replicate, outcome.seed, task.cell, task.replicate, task.seed));
  }
}

void refuse_missing(const std::vector<PlannedTask>& plan, const Sources& sources) {
  constexpr std::size_t kShown = 10;
  std::vector<std::int64_t> missing;
  for (const auto& task : plan)
    if (!sources.contains(task.id)) missing.push_back(task.id);
  if (missing.empty()) return;
  const auto total = missing.size();
  missing.resize(std::min(total, kShown));
  throw InputError(
      fmt::format("{} of {} tasks have no result: {}{}. Run the campaign again to finish it, or allow missing "
                  "tasks (--allow-missing)",
                  total, plan.size(), fmt::join(missing, ", "), total > kShown ? ", ..." : ""));
}

TaskResult missing_result(const PlannedTask& task) {
  TaskResult result;
  std::tie(result.id, result.cell, result.replicate, result.seed) =
      std::tie(task.id, task.cell, task.replicate, task.seed);
  result.status = TaskStatus::missing;
  result.message = "no result was found when the file was gathered";
  result.attempts = 0;
  result.truth = task.truth;
  return result;
}

/// The truth is known from the plan even where a task failed before it wrote one.
TaskResult read_result(const Source& source, const PlannedTask& task) {
  auto result = source.read();
  if (result.truth.empty()) result.truth = task.truth;
  return result;
}

}  // namespace

std::vector<TaskResult> gather(const CampaignIdentity& campaign, const std::vector<PlannedTask>& plan,
                               const std::vector<fs::path>& sources, const fs::path& output, bool allow_missing) {
  const auto results = find_results(files_in(sources), campaign);
  check_plan(plan, results);
  if (!allow_missing) refuse_missing(plan, results);
  if (results.empty()) throw InputError("there is no result of any task to gather");

  auto tasks = plan;
  std::sort(tasks.begin(), tasks.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  Layout layout;
  Origin origin;
  for (const auto& [id, source] : results) {
    extend(layout, PosteriorFile(source.file).layout(), source.outcome.has_draws(), source.file.string());
    origin = unite(origin, source.origin);
  }
  std::vector<std::int64_t> ids;
  for (const auto& task : tasks) {
    ids.push_back(task.id);
    layout.has_truth |= !task.truth.empty();
  }

  TemporaryFile temporary(output);
  PosteriorWriter writer(DimensionedFile::create(temporary.path()), layout, ids, campaign, origin);
  for (std::size_t row = 0; row < tasks.size(); ++row) {
    const auto found = results.find(tasks[row].id);
    writer.write(row, found == results.end() ? missing_result(tasks[row]) : read_result(found->second, tasks[row]));
  }
  writer.close();
  fault_point("gather");
  temporary.publish_over();
  return PosteriorFile(output).tasks();
}

}  // namespace praesepe::workflow::store
