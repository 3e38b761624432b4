#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "sim/error.hpp"
#include "workflow/command_line/command.hpp"
#include "workflow/result_folder.hpp"
#include "workflow/store/posterior_file.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::workflow::command_line {

namespace fs = std::filesystem;

namespace {

/// The campaign that a source holds results of.
campaign::Campaign campaign_of(const fs::path& source) {
  if (!fs::exists(source)) throw InputError(source.string() + ": there is no such file or folder");
  if (!fs::is_directory(source)) {
    return campaign::parse_campaign(store::PosteriorFile(source).campaign().toml, source.string(), {});
  }
  if (fs::exists(source / "campaign.toml")) return campaign::read_campaign(source / "campaign.toml");
  const auto shards = store::list_shards(source);
  if (shards.empty()) throw InputError(source.string() + ": neither campaign.toml nor shards are there");
  return campaign_of(shards.front());
}

}  // namespace

int merge(const Command& command, const Arguments& arguments) {
  options::options_description named;
  named.add_options()("output,o", options::value<std::string>()->value_name("FILE.h5")->required(), "file to write");
  named.add_options()("allow-missing", "give tasks without result a row of status 4 instead of refusing");
  options::variables_map values;
  if (!parse(command, arguments, named, {"SOURCE..."}, values)) return kSuccess;
  const auto names = strings(values, "SOURCE");
  const std::vector<fs::path> sources(names.begin(), names.end());
  const auto campaign = campaign_of(sources.front());
  const auto plan = planned_tasks(campaign, campaign::plan(campaign));
  const fs::path output = values["output"].as<std::string>();
  const auto outcomes = store::gather(identity_of(campaign), plan, sources, output, values.contains("allow-missing"));
  fmt::print("{}: {} tasks\n", output.string(), outcomes.size());
  return kSuccess;
}

int verify(const Command& command, const Arguments& arguments) {
  options::variables_map values;
  if (!parse(command, arguments, {}, {"DIR"}, values)) return kSuccess;
  const auto folder = ResultFolder::existing(values["DIR"].as<std::string>());
  const auto campaign = campaign::read_campaign(folder.campaign_file());
  const auto report = store::verify_shards(folder.shards(), identity_of(campaign));
  for (const auto& damage : report.damaged) fmt::print(stderr, "{}\n", damage.message);
  fmt::print("{} shards valid, {} damaged, {} stray temporary files removed\n", report.valid, report.damaged.size(),
             report.temporaries_removed);
  return report.damaged.empty() ? kSuccess : kRunTimeFailure;
}

}  // namespace praesepe::workflow::command_line
