#include "workflow/run_campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sim/error.hpp"
#include "workflow/campaign_worker.hpp"
#include "workflow/running_tasks.hpp"
#include "workflow/scheduler/run_tasks.hpp"
#include "workflow/store/provenance.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::workflow {

using campaign::Campaign;
using campaign::Task;
using Json = nlohmann::ordered_json;

namespace {

/// One line of JSON an event, flushed at once so that a killed run leaves its log.
class Log {
 public:
  explicit Log(const std::filesystem::path& file) : out_(file, std::ios::app) {}

  void write(Json event) {
    event["time"] = store::timestamp();
    out_ << event.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
  }

 private:
  std::ofstream out_;
};

/// How many of all `parts` a process works on at once. Its threads are divided between them: where there are several
/// for each, they share its stars.
int parts_at_once(std::size_t parts, int ranks, int threads) {
  const auto of_this_rank = (static_cast<int>(parts) + ranks - 1) / ranks;
  return std::clamp(of_this_rank, 1, threads);
}

/// Longest first, so that no long task is left for the end; of equals the first.
std::vector<std::int64_t> by_expected_time(std::vector<std::int64_t> tasks, const std::vector<Task>& plan) {
  std::ranges::stable_sort(tasks, std::greater{},
                           [&plan](std::int64_t id) { return plan[static_cast<std::size_t>(id)].expected_seconds; });
  return tasks;
}

}  // namespace

std::vector<std::int64_t> unfinished_tasks(const Campaign& campaign, const std::vector<Task>& plan,
                                           const ResultFolder& folder) {
  const auto identity = identity_of(campaign);
  std::vector<std::int64_t> unfinished;
  for (const Task& task : plan) {
    const auto shard = store::shard_path(folder.shards(), task.id);
    bool valid = std::filesystem::exists(shard);
    try {
      if (valid) store::check_shard(shard, identity);
    } catch (const InputError&) {
      valid = false;
    }
    if (!valid) unfinished.push_back(task.id);
  }
  return unfinished;
}

RunOutcome run_campaign(const scheduler::Ranks& ranks, const Campaign& campaign, const std::vector<Task>& plan,
                        const ResultFolder& folder, const RunOptions& options) {
  note_crashes_in_marks();
  const int threads = options.threads > 0 ? options.threads : ranks.default_threads();
  std::vector<std::int64_t> todo;
  std::vector<Part> parts;
  if (ranks.is_first()) {
    const auto unfinished = unfinished_tasks(campaign, plan, folder);
    folder.clear_leftovers(unfinished);
    std::ranges::set_intersection(unfinished, options.tasks, std::back_inserter(todo));
    const auto workers = static_cast<std::size_t>(ranks.size()) * static_cast<std::size_t>(threads);
    parts = parts_of(by_expected_time(todo, plan), workers, campaign.sampler.chains);
  }
  const int at_once = parts_at_once(std::stoul(ranks.share(std::to_string(parts.size()))), ranks.size(), threads);
  CampaignWorker worker(campaign, plan, folder, ranks.size(), threads, threads / at_once);
  const auto work = [&worker](std::int64_t part) { return worker.work(Part::numbered(part)); };
  if (!ranks.is_first()) {
    scheduler::run_tasks(ranks, {}, at_once, work, {});
    return {};
  }

  Log log(folder.path() / options.log);
  Json start{{"event", "start"},
             {"tasks", todo.size()},
             {"parts", parts.size()},
             {"ranks", ranks.size()},
             {"threads", threads}};
  for (const auto& facts : {store::build_facts(), store::run_facts()}) {
    for (const auto& [name, value] : facts) start[name] = value;
  }
  log.write(std::move(start));
  scheduler::Progress progress(options.progress, options.tasks.size(), options.tasks.size() - todo.size());
  bool is_stopped = false;
  const scheduler::Observer observer{.finished =
                                         [&](const std::string& report) {
                                           if (report.empty()) return;
                                           Json line = Json::parse(report);
                                           is_stopped |= line.at("event") == "stopped";
                                           if (line.contains("status")) progress.finished(line.at("status") == 0);
                                           log.write(std::move(line));
                                         },
                                     .tick = [&progress] { progress.tick(); }};
  std::vector<std::int64_t> numbers;
  for (const Part& part : parts) numbers.push_back(part.number());
  auto outcome = scheduler::run_tasks(ranks, std::move(numbers), at_once, work, observer);
  for (const std::int64_t task : todo) {  // pieces that came after another process had published the task
    if (std::filesystem::exists(store::shard_path(folder.shards(), task)))
      std::filesystem::remove_all(folder.chains(task));
  }
  log.write({{"event", "end"}, {"parts_left", outcome.left.size()}, {"errors", outcome.errors}});
  return {is_stopped || !outcome.left.empty(), std::move(outcome.errors)};
}

}  // namespace praesepe::workflow
