#include "workflow/campaign/plan.hpp"

#include <fmt/format.h>

#include <iostream>

#include "workflow/command_line/command.hpp"

namespace praesepe::workflow::command_line {

int plan(const Command& command, const Arguments& arguments) {
  options::variables_map values;
  if (!parse(command, arguments, settings_option(), {"CAMPAIGN.toml"}, values)) return kSuccess;
  const auto campaign = campaign::read_campaign(values["CAMPAIGN.toml"].as<std::string>(), strings(values, "set"));
  const auto tasks = campaign::plan(campaign);
  campaign::write_plan(std::cout, campaign, tasks);
  double seconds = 0.0;
  for (const auto& task : tasks) seconds += task.expected_seconds;
  fmt::print(stderr, "{} tasks, about {:.2g} core hours ({:.3g} s)\n", tasks.size(), seconds / 3600.0, seconds);
  return kSuccess;
}

}  // namespace praesepe::workflow::command_line
