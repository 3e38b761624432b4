#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "analysis/report.hpp"
#include "sim/error.hpp"
#include "workflow/command_line/on_ranks.hpp"
#include "workflow/command_line/outcome.hpp"
#include "workflow/command_line/task_list.hpp"
#include "workflow/run_task.hpp"
#include "workflow/store/gather.hpp"

namespace praesepe::workflow::command_line {

namespace fs = std::filesystem;
using campaign::Campaign;
using campaign::Task;

namespace {

options::options_description run_options() {
  options::options_description named;
  named.add_options()("output,o", options::value<std::string>()->value_name("DIR")->required(), "folder for results");
  named.add(settings_option());
  named.add_options()("tasks", options::value<std::string>()->value_name("0-9,17"), "only these tasks");
  named.add_options()("shard", options::value<std::string>()->value_name("I/N"),
                      "only tasks with number mod N = I, of a job array; neither gathers nor reports");
  named.add_options()("threads", options::value<int>()->value_name("K"),
                      "of this process: tasks at once; where these are fewer, chains of a task, and then stars of a "
                      "large catalogue (default: all cores; under MPI 1)");
  named.add_options()("fresh", "rename a folder that is there, and start anew");
  named.add_options()("no-report", "stop after posteriors.h5");
  named.add_options()("quiet", "print nothing but errors");
  named.add_options()("progress", options::value<std::string>()->value_name("WHEN")->default_value("auto"),
                      "auto, always or never");
  return named;
}

/// Everything that may be wrong with the input shows here, before anything is written or run.
void check_before_running(const Campaign& campaign, const std::vector<Task>& plan) {
  const std::size_t checked = campaign.design == campaign::Design::data ? plan.size() : 1;
  for (std::size_t i = 0; i < checked; ++i) check_task(campaign, plan[i]);
}

std::vector<std::int64_t> chosen_tasks(const options::variables_map& values, std::size_t size) {
  const auto total = static_cast<std::int64_t>(size);
  if (values.contains("tasks") && values.contains("shard"))
    throw InputError("praesepe run: --tasks or --shard, not both");
  if (values.contains("tasks")) return parse_task_list(values["tasks"].as<std::string>(), total);
  if (values.contains("shard")) return parse_shard(values["shard"].as<std::string>(), total);
  std::vector<std::int64_t> all(size);
  std::iota(all.begin(), all.end(), std::int64_t{0});
  return all;
}

RunOptions read_options(const options::variables_map& values, std::size_t tasks) {
  RunOptions chosen;
  chosen.tasks = chosen_tasks(values, tasks);
  const std::string when = values["progress"].as<std::string>();
  if (when != "auto" && when != "always" && when != "never") {
    throw InputError("--progress " + when + ": expected auto, always or never");
  }
  chosen.progress = scheduler::progress_style(values.contains("quiet") ? "never" : when);
  if (values.contains("threads")) {
    chosen.threads = values["threads"].as<int>();
    if (chosen.threads < 1) throw InputError("--threads: expected 1 or more");
  }
  if (values.contains("shard")) {
    std::string shard = values["shard"].as<std::string>();
    std::ranges::replace(shard, '/', '-');
    chosen.log = "log-" + shard + ".jsonl";
  }
  return chosen;
}

Assignment prepare(const options::variables_map& values) {
  Campaign campaign = campaign::read_campaign(values["CAMPAIGN.toml"].as<std::string>(), strings(values, "set"));
  const std::vector<Task> plan = campaign::plan(campaign);
  RunOptions chosen = read_options(values, plan.size());
  check_before_running(campaign, plan);
  ResultFolder folder = ResultFolder::open(values["output"].as<std::string>(), campaign, values.contains("fresh"));
  return {std::move(campaign), std::move(folder), std::move(chosen)};
}

int finish(const options::variables_map& values, const Assignment& assignment) {
  const auto& [campaign, folder, chosen] = assignment;
  const std::vector<Task> plan = campaign::plan(campaign);
  if (values.contains("shard") || !unfinished_tasks(campaign, plan, folder).empty()) {
    return report_unconverged(shard_outcomes(folder, chosen.tasks));
  }
  const auto outcomes =
      store::gather(identity_of(campaign), planned_tasks(campaign, plan), {folder.shards()}, folder.posteriors());
  if (!values.contains("quiet")) fmt::print("{}: {} tasks\n", folder.posteriors().string(), outcomes.size());
  if (!values.contains("no-report")) analysis::write_report(folder.posteriors(), folder.path() / "report");
  return report_unconverged(outcomes);
}

}  // namespace

int run(const Command& command, const Arguments& arguments) {
  return on_ranks(command, arguments, run_options(), {"CAMPAIGN.toml"}, prepare, finish);
}

}  // namespace praesepe::workflow::command_line
