#include "workflow/campaign_worker.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "workflow/fault.hpp"
#include "workflow/run_task.hpp"
#include "workflow/running_tasks.hpp"
#include "workflow/scheduler/stop_signal.hpp"
#include "workflow/store/provenance.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::workflow {

using campaign::Campaign;
using campaign::Task;
using Json = nlohmann::ordered_json;

namespace {

std::string line_of(const Json& event) { return event.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json this_run(int ranks, int threads) {
  Json run{{"ranks", ranks}, {"threads", threads}};
  for (const auto& [name, value] : store::run_facts()) run[name] = value;
  return run;
}

double max_r_hat(const store::TaskResult& result) {
  double largest = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t j = 0; j < result.quantities.size(); ++j) {
    if (!result.quantities[j].derived) largest = std::fmax(largest, result.summary[j].r_hat);
  }
  return largest;
}

}  // namespace

Part Part::numbered(std::int64_t number) {
  return {number / (kMost * kMost), static_cast<std::uint32_t>(number / kMost % kMost),
          static_cast<std::uint32_t>(number % kMost)};
}

std::vector<Part> parts_of(const std::vector<std::int64_t>& tasks, std::size_t workers, int chains) {
  std::vector<Part> parts;
  if (tasks.empty()) return parts;
  const auto of = static_cast<std::uint32_t>(std::clamp<std::size_t>(workers / tasks.size(), 1, chains));
  for (const std::int64_t task : tasks) {
    for (std::uint32_t index = 0; index < of; ++index) parts.push_back({task, index, of});
  }
  return parts;
}

CampaignWorker::CampaignWorker(const Campaign& campaign, const std::vector<Task>& plan, const ResultFolder& folder,
                               int ranks, int threads, int threads_per_part)
    : campaign_(campaign),
      plan_(plan),
      folder_(folder),
      identity_(identity_of(campaign)),
      other_processes_(ranks > 1),
      threads_per_part_(threads_per_part),
      runs_(Json::array({this_run(ranks, threads)}).dump()) {}

std::shared_ptr<ChainBoard> CampaignWorker::board_of(Part part) {
  const std::lock_guard lock(mutex_);
  auto board = boards_[part.task].lock();
  if (board) return board;
  const auto shard = store::shard_path(folder_.shards(), part.task);
  const bool is_damaged = std::filesystem::exists(shard);  // else the task would not be run
  board = std::make_shared<ChainBoard>(ChainBoard::Options{
      .folder = folder_.chains(part.task),
      .identity = identity_.sha256 + store::build_identity(),
      .is_shared = other_processes_ && part.of > 1,
      .is_stop_requested =
          [] {
            fault_point("chain");
            return scheduler::stop_requested();
          },
      .is_obsolete = [shard, is_damaged] { return !is_damaged && std::filesystem::exists(shard); }});
  boards_[part.task] = board;
  return board;
}

std::string CampaignWorker::work(Part part) {
  const Task& task = plan_[static_cast<std::size_t>(part.task)];
  const auto board = board_of(part);
  BoardWorker journal(*board, part.index, part.of);
  try {
    if (part.index == 0) return run_and_publish(task, journal);
    run_task(campaign_, task, &journal, threads_per_part_);
  } catch (const infer::nuts::Stopped&) {
    const bool is_published = std::filesystem::exists(store::shard_path(folder_.shards(), task.id));
    if (part.index == 0 && !is_published) return line_of({{"event", "stopped"}, {"task", task.id}});
  }
  return {};
}

std::string CampaignWorker::run_and_publish(const Task& task, BoardWorker& journal) {
  const RunningMark mark(folder_, task.id);
  const auto verdict = mark.verdict();
  if (!verdict) fault_point("task");
  store::TaskResult result =
      verdict ? crashed_result(campaign_, task, *verdict) : run_task(campaign_, task, &journal, threads_per_part_);
  result.attempts = mark.attempts();
  result.runs = runs_;
  result.cpu_time += journal.seconds_of_others();
  const auto publication = store::publish_shard(folder_.shards(), result, identity_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_.chains(task.id), ignored);
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
  return line_of(line);
}

}  // namespace praesepe::workflow
