#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "analysis/report.hpp"
#include "sim/error.hpp"
#include "workflow/command_line/command.hpp"
#include "workflow/command_line/outcome.hpp"
#include "workflow/command_line/task_list.hpp"
#include "workflow/run_campaign.hpp"
#include "workflow/run_task.hpp"
#include "workflow/scheduler/stop_signal.hpp"
#include "workflow/store/gather.hpp"

namespace praesepe::workflow::command_line {

namespace fs = std::filesystem;
using campaign::Campaign;
using campaign::Task;
using scheduler::Ranks;

namespace {

options::options_description run_options() {
  options::options_description named;
  named.add_options()("output,o", options::value<std::string>()->value_name("DIR")->required(), "folder for results");
  named.add(settings_option());
  named.add_options()("tasks", options::value<std::string>()->value_name("0-9,17"), "only these tasks");
  named.add_options()("shard", options::value<std::string>()->value_name("I/N"),
                      "only tasks with number mod N = I, of a job array; neither gathers nor reports");
  named.add_options()("threads", options::value<int>()->value_name("K"),
                      "tasks at once in this process (default: all cores; under MPI 1)");
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

/// What follows the tasks, on rank 0.
int finish(const options::variables_map& values, const Campaign& campaign, const std::vector<Task>& plan,
           const ResultFolder& folder, const std::vector<std::int64_t>& chosen) {
  const bool quiet = values.contains("quiet");
  if (values.contains("shard") || !unfinished_tasks(campaign, plan, folder).empty()) {
    return report_unconverged(shard_outcomes(folder, chosen));
  }
  const auto outcomes =
      store::gather(identity_of(campaign), planned_tasks(campaign, plan), {folder.shards()}, folder.posteriors());
  if (!quiet) fmt::print("{}: {} tasks\n", folder.posteriors().string(), outcomes.size());
  if (!values.contains("no-report")) analysis::write_report(folder.posteriors(), folder.path() / "report");
  return report_unconverged(outcomes);
}

/// A rank other than the first: it learns the campaign from rank 0, or that there is nothing to do.
int help(const Ranks& ranks, const options::variables_map& values) {
  const std::string text = ranks.share("");
  if (text.empty()) return kSuccess;
  const std::string folder = values["output"].as<std::string>();
  const Campaign campaign = campaign::parse_campaign(text, folder + "/campaign.toml", {});
  RunOptions chosen;
  if (values.contains("threads")) chosen.threads = values["threads"].as<int>();
  run_campaign(ranks, campaign, campaign::plan(campaign), ResultFolder::existing(folder), chosen);
  return kSuccess;
}

int lead(const Ranks& ranks, const options::variables_map& values) {
  std::optional<ResultFolder> folder;
  Campaign campaign;
  std::vector<Task> plan;
  RunOptions chosen;
  try {
    campaign = campaign::read_campaign(values["CAMPAIGN.toml"].as<std::string>(), strings(values, "set"));
    plan = campaign::plan(campaign);
    chosen = read_options(values, plan.size());
    check_before_running(campaign, plan);
    folder = ResultFolder::open(values["output"].as<std::string>(), campaign, values.contains("fresh"));
  } catch (...) {
    ranks.share("");  // nothing to do for the others
    throw;
  }
  ranks.share(resolved_toml(campaign));
  const RunOutcome outcome = run_campaign(ranks, campaign, plan, *folder, chosen);
  for (const std::string& error : outcome.errors) fmt::print(stderr, "praesepe run: {}\n", error);
  if (!outcome.errors.empty()) return kRunTimeFailure;
  if (outcome.work_left) {
    fmt::print(stderr, "{}: stopped with work left; run the same command again\n", folder->path().string());
    return kStopped;
  }
  return finish(values, campaign, plan, *folder, chosen.tasks);
}

}  // namespace

int run(const Command& command, const Arguments& arguments) {
  const Ranks ranks = Ranks::launched_by_mpi() ? Ranks::of_mpi() : Ranks();
  options::variables_map values;
  try {
    if (!parse(command, arguments, run_options(), {"CAMPAIGN.toml"}, values)) return kSuccess;
  } catch (const InputError&) {
    // All ranks have met the same; one speaks.
    if (ranks.is_first()) throw;
    return kSuccess;
  }
  scheduler::listen_for_stop_signals(kStopped);
  if (ranks.is_first()) {
    try {
      return lead(ranks, values);
    } catch (const InputError&) {
      throw;
    } catch (const std::exception& error) {
      fmt::print(stderr, "praesepe run: {}\n", error.what());
      ranks.abort(kRunTimeFailure);
      return kRunTimeFailure;
    }
  }
  try {
    return help(ranks, values);
  } catch (const std::exception& error) {
    fmt::print(stderr, "praesepe run, rank {}: {}\n", ranks.rank(), error.what());
    ranks.abort(kRunTimeFailure);
    return kRunTimeFailure;
  }
}

}  // namespace praesepe::workflow::command_line
