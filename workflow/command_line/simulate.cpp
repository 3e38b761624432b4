#include "sim/astrometry/catalogue_writer.hpp"
#include "sim/error.hpp"
#include "workflow/command_line/command.hpp"
#include "workflow/command_line/task_list.hpp"
#include "workflow/run_task.hpp"

namespace praesepe::workflow::command_line {

int simulate(const Command& command, const Arguments& arguments) {
  options::options_description named;
  named.add_options()("task", options::value<std::string>()->value_name("K")->required(), "number of the task");
  named.add_options()("output,o", options::value<std::string>()->value_name("FILE")->required(),
                      "catalogue to write: .csv, .ecsv or .fits");
  named.add(settings_option());
  options::variables_map values;
  if (!parse(command, arguments, named, {"CAMPAIGN.toml"}, values)) return kSuccess;
  const auto campaign = campaign::read_campaign(values["CAMPAIGN.toml"].as<std::string>(), strings(values, "set"));
  const auto tasks = campaign::plan(campaign);
  const auto id = parse_task(values["task"].as<std::string>(), static_cast<std::int64_t>(tasks.size()));
  const auto catalogue = task_catalogue(campaign, tasks[static_cast<std::size_t>(id)]);
  sim::astrometry::write_catalogue(values["output"].as<std::string>(), catalogue);
  return kSuccess;
}

}  // namespace praesepe::workflow::command_line
