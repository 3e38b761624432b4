// Commands that read a gathered file.
#include <iostream>

#include "workflow/command_line/command.hpp"
#include "workflow/command_line/task_list.hpp"
#include "workflow/store/extract.hpp"
#include "workflow/store/posterior_file.hpp"
#include "workflow/store/summary_table.hpp"

namespace praesepe::workflow::command_line {

int summary(const Command& command, const Arguments& arguments) {
  options::options_description named;
  named.add_options()("csv", "comma-separated values with all digits");
  options::variables_map values;
  if (!parse(command, arguments, named, {"FILE.h5"}, values)) return kSuccess;
  const store::PosteriorFile file(gathered_file(values));
  std::cout << (values.contains("csv") ? store::summary_csv(file) : store::summary_text(file));
  return kSuccess;
}

int extract(const Command& command, const Arguments& arguments) {
  options::options_description named;
  named.add_options()("task", options::value<std::string>()->value_name("K")->required(), "number of the task");
  named.add_options()("output,o", options::value<std::string>()->value_name("FILE.nc")->required(), "file to write");
  options::variables_map values;
  if (!parse(command, arguments, named, {"FILE.h5"}, values)) return kSuccess;
  const store::PosteriorFile file(gathered_file(values));
  const auto task = parse_task(values["task"].as<std::string>(), file.tasks().back().id + 1);
  store::extract(file, task, values["output"].as<std::string>());
  return kSuccess;
}

}  // namespace praesepe::workflow::command_line
