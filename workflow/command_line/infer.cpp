#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <system_error>

#include "sim/error.hpp"
#include "workflow/campaign/document.hpp"
#include "workflow/command_line/command.hpp"
#include "workflow/command_line/outcome.hpp"
#include "workflow/result_folder.hpp"
#include "workflow/run_campaign.hpp"
#include "workflow/run_task.hpp"
#include "workflow/scheduler/stop_signal.hpp"
#include "workflow/store/gather.hpp"
#include "workflow/store/shard.hpp"
#include "workflow/store/summary_table.hpp"
#include "workflow/studies.hpp"

namespace praesepe::workflow::command_line {

namespace fs = std::filesystem;

namespace {

/// A folder beside the output, for the shard on its way there; gone with this object. That it can be made shows, before
/// anything is computed, that the output can be written.
class Workshop {
 public:
  explicit Workshop(const fs::path& output) {
    if (fs::is_directory(output)) throw InputError(output.string() + ": is a folder; expected a file to write");
    const fs::path name = fmt::format(".{}.{}.tmp", output.filename().string(), getpid());
    path_ = output.parent_path() / name;
    std::error_code error;
    fs::create_directory(path_, error);
    if (error) throw InputError(fmt::format("{}: cannot be written: {}", output.string(), error.message()));
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

campaign::Campaign one_catalogue(const std::string& study, const fs::path& catalogue,
                                 const std::vector<std::string>& columns, const std::vector<std::string>& settings) {
  study_named(study);
  if (!fs::exists(catalogue)) throw InputError(catalogue.string() + ": there is no such file");
  std::vector<std::string> all{
      "campaign.name=" + campaign::toml_text(catalogue.filename().string()),
      "campaign.study=" + campaign::toml_text(study), "campaign.design=\"data\"",
      "data.catalogues=[" + campaign::toml_text(fs::absolute(catalogue).lexically_normal().string()) + "]"};
  for (const std::string& column : columns) {
    const auto equals = column.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == column.size()) {
      throw InputError("--column " + column + ": expected NAME=FILECOLUMN");
    }
    all.push_back("data.columns." + column.substr(0, equals) + "=" + campaign::toml_text(column.substr(equals + 1)));
  }
  all.insert(all.end(), settings.begin(), settings.end());
  return campaign::parse_campaign("", "praesepe infer", {}, all);
}

}  // namespace

int infer(const Command& command, const Arguments& arguments) {
  options::options_description named;
  named.add_options()("output,o", options::value<std::string>()->value_name("FILE.h5")->required(), "file to write");
  named.add(settings_option());
  named.add_options()("column", options::value<std::vector<std::string>>()->value_name("NAME=FILECOLUMN")->composing(),
                      "what the catalogue calls a column (repeatable)");
  options::variables_map values;
  if (!parse(command, arguments, named, {"STUDY", "CATALOGUE"}, values)) return kSuccess;

  const auto campaign = one_catalogue(values["STUDY"].as<std::string>(), values["CATALOGUE"].as<std::string>(),
                                      strings(values, "column"), strings(values, "set"));
  const auto plan = campaign::plan(campaign);
  for (const auto& task : plan) check_task(campaign, task);
  const fs::path output = values["output"].as<std::string>();
  const Workshop workshop(output);
  const auto identity = identity_of(campaign);
  store::publish_shard(workshop.path(), run_task(campaign, plan.front()), identity);
  const auto outcomes = store::gather(identity, planned_tasks(campaign, plan), {workshop.path()}, output);
  std::cout << store::summary_text(store::PosteriorFile(output));
  return report_unconverged(outcomes);
}

}  // namespace praesepe::workflow::command_line
