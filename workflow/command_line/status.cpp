#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "sim/error.hpp"
#include "workflow/command_line/command.hpp"
#include "workflow/command_line/outcome.hpp"
#include "workflow/result_folder.hpp"
#include "workflow/running_tasks.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::workflow::command_line {

using Json = nlohmann::ordered_json;
using store::TaskStatus;

namespace {

using Results = std::vector<std::optional<store::ShardHeader>>;

Results read_results(const ResultFolder& folder, const campaign::Campaign& campaign, std::size_t tasks) {
  const std::string sha256 = identity_of(campaign).sha256;
  Results results(tasks);
  for (const auto& shard : store::list_shards(folder.shards())) {
    try {
      auto header = store::read_shard_header(shard);
      const auto id = static_cast<std::size_t>(header.task.id);
      if (header.campaign_sha256 == sha256 && id < results.size()) results[id] = std::move(header);
    } catch (const InputError&) {
      // Damaged: as good as none, and `verify` tells.
    }
  }
  return results;
}

/// In how many parts the campaign is run (`run --shard I/N`): as the part that wrote to its log last says.
std::size_t count_parts(const ResultFolder& folder) {
  std::size_t parts = 1;
  std::filesystem::file_time_type latest;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    const std::string name = entry.path().filename().string();
    std::size_t index = 0, of = 0;
    if (std::sscanf(name.c_str(), "log-%zu-%zu.jsonl", &index, &of) != 2 || of == 0) continue;
    if (parts > 1 && entry.last_write_time() < latest) continue;
    latest = entry.last_write_time();
    parts = of;
  }
  return parts;
}

/// Tasks, done and running, of each part.
Json progress_of_parts(const Json& tasks, std::size_t parts) {
  Json shards = Json::array();
  for (std::size_t part = 0; part < parts; ++part) {
    std::size_t total = 0, done = 0, running = 0;
    for (std::size_t id = part; id < tasks.size(); id += parts, ++total) {
      const std::string status = tasks[id].at("status");
      running += status == "running" ? 1 : 0;
      done += status == "running" || status == "waiting" ? 0 : 1;
    }
    shards.push_back(
        {{"shard", fmt::format("{}/{}", part, parts)}, {"total", total}, {"done", done}, {"running", running}});
  }
  return shards;
}

/// What --json prints; the text is made from it.
Json state_of(const ResultFolder& folder) {
  const auto campaign = campaign::read_campaign(folder.campaign_file());
  const auto plan = campaign::plan(campaign);
  const Results results = read_results(folder, campaign, plan.size());
  const auto running = running_tasks(folder);
  std::size_t done = 0, failed = 0, unconverged = 0, under_way = 0;
  double worst = NAN, wall_time = 0.0, expected_done = 0.0, expected_left = 0.0;
  Json tasks = Json::array();
  for (std::size_t id = 0; id < plan.size(); ++id) {
    if (!results[id]) {
      expected_left += plan[id].expected_seconds;
      const bool runs = running.contains(static_cast<std::int64_t>(id));
      under_way += runs ? 1 : 0;
      tasks.push_back({{"id", id}, {"status", runs ? "running" : "waiting"}, {"r_hat", nullptr}, {"message", ""}});
      continue;
    }
    const auto& [task, r_hat, campaign_sha256] = *results[id];
    ++done;
    failed += task.status >= TaskStatus::failed ? 1 : 0;
    unconverged += task.status == TaskStatus::not_converged ? 1 : 0;
    worst = std::fmax(worst, r_hat);
    wall_time += task.wall_time;
    expected_done += plan[id].expected_seconds;
    tasks.push_back({{"id", id}, {"status", status_word(task.status)}, {"r_hat", r_hat}, {"message", task.message}});
  }
  // Finished tasks tell how long an expected second really takes; those running now, how many share the rest.
  const double at_once = static_cast<double>(std::max<std::size_t>(under_way, 1));
  const double eta = expected_done > 0.0 ? wall_time / expected_done * expected_left / at_once : NAN;
  return {{"total", plan.size()},
          {"done", done},
          {"running", under_way},
          {"failed", failed},
          {"unconverged", unconverged},
          {"waiting", plan.size() - done - under_way},
          {"eta_seconds", done == plan.size() ? 0.0 : eta},
          {"worst_r_hat", worst},
          {"shards", progress_of_parts(tasks, count_parts(folder))},
          {"tasks", tasks}};
}

/// Done tasks as `#`, running ones as `>`.
std::string bar(const Json& shard) {
  constexpr std::size_t kWidth = 40;
  const std::size_t total = shard.at("total"), done = shard.at("done"), running = shard.at("running");
  if (total == 0) return {};
  const std::size_t full = kWidth * done / total, begun = kWidth * (done + running) / total;
  return fmt::format("{:#<{}}{:><{}}{:.<{}}", "", full, "", begun - full, "", kWidth - begun);
}

void print_text(const Json& state) {
  for (const Json& shard : state.at("shards")) {
    fmt::print("{:>9} [{}] {}/{}\n", state.at("shards").size() > 1 ? shard.at("shard").get<std::string>() : "",
               bar(shard), shard.at("done").get<std::size_t>(), shard.at("total").get<std::size_t>());
  }
  const auto count = [&state](const char* key) { return state.at(key).get<std::size_t>(); };
  fmt::print("{} of {} tasks done, {} running, {} waiting; {} failed, {} not converged\n", count("done"),
             count("total"), count("running"), count("waiting"), count("failed"), count("unconverged"));
  const double worst = state.at("worst_r_hat"), eta = state.at("eta_seconds");
  if (std::isfinite(worst)) fmt::print("largest R-hat {:.4f}\n", worst);
  if (std::isfinite(eta) && eta > 0.0) fmt::print("about {:.0f} s left\n", eta);
  for (const Json& task : state.at("tasks")) {
    const std::string message = task.at("message");
    if (message.empty()) continue;
    fmt::print("task {}: {}: {}\n", task.at("id").get<std::size_t>(), task.at("status").get<std::string>(), message);
  }
}

}  // namespace

int status(const Command& command, const Arguments& arguments) {
  options::options_description named;
  named.add_options()("json", "as JSON")("watch", "again every few seconds, until all is done");
  options::variables_map values;
  if (!parse(command, arguments, named, {"DIR"}, values)) return kSuccess;
  const auto folder = ResultFolder::existing(values["DIR"].as<std::string>());
  for (;;) {
    const Json state = state_of(folder);
    if (values.contains("watch") && isatty(STDOUT_FILENO) != 0) std::cout << "\x1b[H\x1b[2J";
    if (values.contains("json")) {
      std::cout << state.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
    } else {
      print_text(state);
      std::cout.flush();
    }
    if (!values.contains("watch") || state.at("done") == state.at("total")) return kSuccess;
    std::this_thread::sleep_for(std::chrono::seconds(2));
  }
}

}  // namespace praesepe::workflow::command_line
