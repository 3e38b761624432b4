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
#include "workflow/star_table.hpp"
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

constexpr int kLatentsOfTable = 200;  // draws for the quantiles of --stars: 0.03 in probability

campaign::Campaign one_catalogue(const std::string& study, const fs::path& catalogue,
                                 const std::map<std::string, std::string>& columns, bool with_latents,
                                 const std::vector<std::string>& settings) {
  const bool has_latents = !study_named(study).latents().empty();
  if (!fs::exists(catalogue)) throw InputError(catalogue.string() + ": there is no such file");
  std::vector<std::string> all{
      "campaign.name=" + campaign::toml_text(catalogue.filename().string()),
      "campaign.study=" + campaign::toml_text(study), "campaign.design=\"data\"",
      "data.catalogues=[" + campaign::toml_text(fs::absolute(catalogue).lexically_normal().string()) + "]"};
  for (const auto& [name, column] : columns) {
    all.push_back("data.columns." + name + "=" + campaign::toml_text(column));
  }
  if (with_latents && has_latents) all.push_back("output.latents=" + std::to_string(kLatentsOfTable));
  all.insert(all.end(), settings.begin(), settings.end());
  return campaign::parse_campaign("", "praesepe infer", {}, all);
}

/// Refused before hours of work, not after.
void check_star_table(const std::string& file, const campaign::Campaign& campaign) {
  sim::astrometry::formats::file_format(file);
  if (campaign.latents > 0) return;
  const auto task = campaign::plan(campaign).front();
  if (!campaign.study->likelihood(task_catalogue(campaign, task), task.observation)->components().empty()) return;
  throw InputError(fmt::format("--stars {}: study {} is no mixture and has no members, nor has it latents", file,
                               campaign.study->name()));
}

Assignment prepare(const options::variables_map& values) {
  auto campaign = one_catalogue(values["STUDY"].as<std::string>(), values["CATALOGUE"].as<std::string>(),
                                column_names(values), values.count("stars") > 0, strings(values, "set"));
  for (const auto& task : campaign::plan(campaign)) check_task(campaign, task);
  if (values.count("stars")) check_star_table(values["stars"].as<std::string>(), campaign);
  ResultFolder folder = open_folder(values["output"].as<std::string>(), campaign);
  RunOptions chosen;
  chosen.tasks = {0};
  chosen.progress = scheduler::ProgressStyle::none;
  return {std::move(campaign), std::move(folder), std::move(chosen)};
}

void write_stars(const fs::path& path, const campaign::Campaign& campaign, const store::PosteriorFile& file) {
  const auto result = file.task_result(0);
  if (!result.has_draws()) throw InputError(path.string() + ": not written: there is no posterior");
  const auto task = campaign::plan(campaign).front();
  sim::astrometry::write_catalogue(path, star_table(task_catalogue(campaign, task), result));
}

int finish(const options::variables_map& values, const Assignment& assignment) {
  const auto& [campaign, folder, chosen] = assignment;
  const fs::path output = values["output"].as<std::string>();
  const auto outcomes = store::gather(identity_of(campaign), planned_tasks(campaign, campaign::plan(campaign)),
                                      {folder.shards()}, output);
  fs::remove_all(folder.path());
  const store::PosteriorFile file(output);
  std::cout << store::summary_text(file);
  if (values.count("stars")) write_stars(values["stars"].as<std::string>(), campaign, file);
  return report_unconverged(outcomes);
}

}  // namespace

int infer(const Command& command, const Arguments& arguments) {
  options::options_description named;
  named.add_options()("output,o", options::value<std::string>()->value_name("FILE.h5")->required(), "file to write");
  named.add(settings_option());
  named.add(column_option());
  named.add_options()("stars", options::value<std::string>()->value_name("FILE"),
                      "also write the catalogue with what the posterior says of each star: membership probabilities of "
                      "mixtures; of globular, median and 16th and 84th percentile of distance and motion (.csv, .ecsv, "
                      ".fits)");
  return on_ranks(command, arguments, named, {"STUDY", "CATALOGUE"}, prepare, finish);
}

}  // namespace praesepe::workflow::command_line
