#include "workflow/command_line/on_ranks.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "sim/error.hpp"
#include "workflow/scheduler/stop_signal.hpp"

namespace praesepe::workflow::command_line {

using scheduler::Ranks;
using Json = nlohmann::ordered_json;

namespace {

/// A rank other than the first: it learns the campaign from rank 0, or that there is nothing to do.
int help(const Ranks& ranks) {
  const std::string text = ranks.share("");
  if (text.empty()) return kSuccess;
  const Json told = Json::parse(text);
  const std::string folder = told.at("folder");
  const auto campaign = campaign::parse_campaign(told.at("campaign").get<std::string>(), folder + "/campaign.toml", {});
  RunOptions chosen;
  chosen.threads = told.at("threads");
  run_campaign(ranks, campaign, campaign::plan(campaign), ResultFolder::existing(folder), chosen);
  return kSuccess;
}

int lead(const Ranks& ranks, const Command& command, const std::function<Assignment()>& prepare,
         const std::function<int(const Assignment&)>& finish) {
  std::optional<Assignment> assignment;
  try {
    assignment = prepare();
  } catch (...) {
    ranks.share("");  // nothing to do for the others
    throw;
  }
  const auto& [campaign, folder, chosen] = *assignment;
  ranks.share(Json{{"campaign", resolved_toml(campaign)},
                   {"folder", std::filesystem::absolute(folder.path()).string()},
                   {"threads", chosen.threads}}
                  .dump());
  const RunOutcome outcome = run_campaign(ranks, campaign, campaign::plan(campaign), folder, chosen);
  for (const std::string& error : outcome.errors) fmt::print(stderr, "praesepe {}: {}\n", command.name, error);
  if (!outcome.errors.empty()) return kRunTimeFailure;
  if (outcome.work_left) {
    fmt::print(stderr, "{}: stopped with work left; run the same command again\n", folder.path().string());
    return kStopped;
  }
  return finish(*assignment);
}

}  // namespace

int on_ranks(const Command& command, const Arguments& arguments, const options::options_description& named,
             const std::vector<std::string>& positional,
             const std::function<Assignment(const options::variables_map&)>& prepare,
             const std::function<int(const options::variables_map&, const Assignment&)>& finish) {
  const Ranks ranks = Ranks::launched_by_mpi() ? Ranks::of_mpi() : Ranks();
  options::variables_map values;
  try {
    if (!parse(command, arguments, named, positional, values)) return kSuccess;
  } catch (const InputError&) {
    // All ranks have met the same; one speaks.
    if (ranks.is_first()) throw;
    return kSuccess;
  }
  scheduler::listen_for_stop_signals(kStopped);
  try {
    if (!ranks.is_first()) return help(ranks);
    return lead(
        ranks, command, [&] { return prepare(values); },
        [&](const Assignment& assignment) { return finish(values, assignment); });
  } catch (const InputError&) {
    if (ranks.is_first()) throw;
    throw InternalError("rank 0 found nothing wrong with the input, another rank did");
  } catch (const std::exception& error) {
    fmt::print(stderr, "praesepe {}, rank {}: {}\n", command.name, ranks.rank(), error.what());
    ranks.abort(kRunTimeFailure);
    return kRunTimeFailure;
  }
}

}  // namespace praesepe::workflow::command_line
