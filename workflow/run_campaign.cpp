#include "workflow/run_campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "sim/error.hpp"
#include "workflow/run_task.hpp"
#include "workflow/running_tasks.hpp"
#include "workflow/scheduler/run_tasks.hpp"
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

double max_r_hat(const store::TaskResult& result) {
  double largest = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t j = 0; j < result.quantities.size(); ++j) {
    if (!result.quantities[j].derived) largest = std::fmax(largest, result.summary[j].r_hat);
  }
  return largest;
}

/// Computes one task and stores it. Returns a line for the log.
std::string run_and_publish(const Campaign& campaign, const Task& task, const ResultFolder& folder,
                            const store::CampaignIdentity& identity) {
  const RunningMark mark(folder, task.id);
  store::TaskResult result = run_task(campaign, task);
  result.attempts = mark.attempts();
  const auto publication = store::publish_shard(folder.shards(), result, identity);
  Json line{{"event", "task"},
            {"task", result.id},
            {"status", static_cast<int>(result.status)},
            {"message", result.message},
            {"r_hat", max_r_hat(result)},
            {"wall_time", result.wall_time},
            {"cpu_time", result.cpu_time},
            {"n_log_density", result.n_log_density},
            {"host", result.host}};
  if (publication == store::Publication::differs) {
    line["warning"] = "another process stored other numbers first; was it another binary or instruction set?";
  }
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Longest first, so that no long task is left for the end; of equals the first.
std::vector<std::int64_t> by_expected_time(std::vector<std::int64_t> tasks, const std::vector<Task>& plan) {
  std::ranges::stable_sort(tasks, std::greater{},
                           [&plan](std::int64_t id) { return plan[static_cast<std::size_t>(id)].expected_seconds; });
  return tasks;
}

int thread_count(int asked, const scheduler::Ranks& ranks) {
  if (asked > 0) return asked;
  return ranks.size() > 1 ? 1 : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
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
      if (valid) store::read_shard(shard, identity);
    } catch (const InputError&) {
      valid = false;
    }
    if (!valid) unfinished.push_back(task.id);
  }
  return unfinished;
}

RunOutcome run_campaign(const scheduler::Ranks& ranks, const Campaign& campaign, const std::vector<Task>& plan,
                        const ResultFolder& folder, const RunOptions& options) {
  const auto identity = identity_of(campaign);
  const auto work = [&](std::int64_t id) {
    return run_and_publish(campaign, plan[static_cast<std::size_t>(id)], folder, identity);
  };
  if (!ranks.is_first()) {
    scheduler::run_tasks(ranks, {}, thread_count(options.threads, ranks), work, {});
    return {};
  }

  std::vector<std::int64_t> todo;
  std::ranges::set_intersection(unfinished_tasks(campaign, plan, folder), options.tasks, std::back_inserter(todo));
  const int threads = std::max(1, std::min(thread_count(options.threads, ranks), static_cast<int>(todo.size())));
  Log log(folder.path() / options.log);
  log.write({{"event", "start"}, {"tasks", todo.size()}, {"ranks", ranks.size()}, {"threads", threads}});
  scheduler::Progress progress(options.progress, options.tasks.size(), options.tasks.size() - todo.size());
  const scheduler::Observer observer{.finished =
                                         [&](const std::string& report) {
                                           Json line = Json::parse(report);
                                           progress.finished(line.at("status") == 0);
                                           log.write(std::move(line));
                                         },
                                     .tick = [&progress] { progress.tick(); }};
  auto outcome = scheduler::run_tasks(ranks, by_expected_time(std::move(todo), plan), threads, work, observer);
  log.write({{"event", "end"}, {"tasks_left", outcome.left.size()}, {"errors", outcome.errors}});
  return {!outcome.left.empty(), std::move(outcome.errors)};
}

}  // namespace praesepe::workflow
