#include <fmt/format.h>

#include <iostream>

#include "sim/astrometry/catalogue_writer.hpp"
#include "sim/astrometry/formats/file_format.hpp"
#include "sim/error.hpp"
#include "workflow/campaign/document.hpp"
#include "workflow/command_line/on_ranks.hpp"
#include "workflow/command_line/outcome.hpp"
#include "workflow/result_folder.hpp"
#include "workflow/run_task.hpp"
#include "workflow/store/gather.hpp"
#include "workflow/store/summary_table.hpp"
#include "workflow/studies.hpp"

namespace praesepe::workflow::command_line {

namespace fs = std::filesystem;

namespace {

/// The run's own folder, beside the output: a campaign of one task. What a stopped or killed run leaves there is taken
/// up again by the same command, and replaced by another one's.
fs::path folder_of(const fs::path& output) {
  return output.parent_path() / fmt::format(".{}.run", output.filename().string());
}

ResultFolder open_folder(const fs::path& output, const campaign::Campaign& campaign) {
  if (fs::is_directory(output)) throw InputError(output.string() + ": is a folder; expected a file to write");
  const fs::path path = folder_of(output);
  std::error_code error;
  if (!ResultFolder::holds(path, campaign)) fs::remove_all(path, error);
  if (!error) fs::create_directory(path, error);
  if (error) throw InputError(fmt::format("{}: cannot be written: {}", output.string(), error.message()));
  return ResultFolder::open(path, campaign, false);
}

campaign::Campaign one_catalogue(const std::string& study, const fs::path& catalogue,
                                 const std::map<std::string, std::string>& columns,
                                 const std::vector<std::string>& settings) {
  study_named(study);
  if (!fs::exists(catalogue)) throw InputError(catalogue.string() + ": there is no such file");
  std::vector<std::string> all{
      "campaign.name=" + campaign::toml_text(catalogue.filename().string()),
      "campaign.study=" + campaign::toml_text(study), "campaign.design=\"data\"",
      "data.catalogues=[" + campaign::toml_text(fs::absolute(catalogue).lexically_normal().string()) + "]"};
  for (const auto& [name, column] : columns) {
    all.push_back("data.columns." + name + "=" + campaign::toml_text(column));
  }
  all.insert(all.end(), settings.begin(), settings.end());
  return campaign::parse_campaign("", "praesepe infer", {}, all);
}

/// Refused before hours of work, not after.
void check_memberships(const std::string& file, const campaign::Campaign& campaign) {
  sim::astrometry::formats::file_format(file);
  const auto task = campaign::plan(campaign).front();
  if (!campaign.study->likelihood(task_catalogue(campaign, task), task.observation)->components().empty()) return;
  throw InputError(
      fmt::format("--memberships {}: study {} is no mixture and has no members", file, campaign.study->name()));
}

Assignment prepare(const options::variables_map& values) {
  auto campaign = one_catalogue(values["STUDY"].as<std::string>(), values["CATALOGUE"].as<std::string>(),
                                column_names(values), strings(values, "set"));
  for (const auto& task : campaign::plan(campaign)) check_task(campaign, task);
  if (values.count("memberships")) check_memberships(values["memberships"].as<std::string>(), campaign);
  ResultFolder folder = open_folder(values["output"].as<std::string>(), campaign);
  RunOptions chosen;
  chosen.tasks = {0};
  chosen.progress = scheduler::ProgressStyle::none;
  return {std::move(campaign), std::move(folder), std::move(chosen)};
}

/// The catalogue with what the posterior says of each star, beside what was read of it.
void write_memberships(const fs::path& path, const campaign::Campaign& campaign, const store::PosteriorFile& file) {
  const auto result = file.task_result(0);
  if (!result.membership) throw InputError(path.string() + ": not written: there is no posterior");
  auto catalogue = task_catalogue(campaign, campaign::plan(campaign).front());
  const auto& [components, p, p_mcse, truth] = *result.membership;
  for (std::size_t k = 0; k < components.size(); ++k) {
    const auto column = static_cast<Eigen::Index>(k);
    catalogue.add("p_" + components[k], "", {p.col(column).begin(), p.col(column).end()});
    catalogue.add("p_" + components[k] + "_mcse", "", {p_mcse.col(column).begin(), p_mcse.col(column).end()});
  }
  sim::astrometry::write_catalogue(path, catalogue);
}

int finish(const options::variables_map& values, const Assignment& assignment) {
  const auto& [campaign, folder, chosen] = assignment;
  const fs::path output = values["output"].as<std::string>();
  const auto outcomes = store::gather(identity_of(campaign), planned_tasks(campaign, campaign::plan(campaign)),
                                      {folder.shards()}, output);
  fs::remove_all(folder.path());
  const store::PosteriorFile file(output);
  std::cout << store::summary_text(file);
  if (values.count("memberships")) write_memberships(values["memberships"].as<std::string>(), campaign, file);
  return report_unconverged(outcomes);
}

}  // namespace

int infer(const Command& command, const Arguments& arguments) {
  options::options_description named;
  named.add_options()("output,o", options::value<std::string>()->value_name("FILE.h5")->required(), "file to write");
  named.add(settings_option());
  named.add(column_option());
  named.add_options()("memberships", options::value<std::string>()->value_name("FILE"),
                      "also write the catalogue with each star's membership probabilities (.csv, .ecsv, .fits)");
  return on_ranks(command, arguments, named, {"STUDY", "CATALOGUE"}, prepare, finish);
}

}  // namespace praesepe::workflow::command_line
