#include "analysis/report.hpp"

#include <fmt/format.h>

#include "workflow/command_line/command.hpp"

namespace praesepe::workflow::command_line {

int report(const Command& command, const Arguments& arguments) {
  options::options_description named;
  named.add_options()("output,o", options::value<std::string>()->value_name("DIR")->required(), "folder to write");
  named.add_options()("figure", options::value<std::vector<std::string>>()->value_name("NAME")->composing(),
                      "only this figure (repeatable); task:K adds the page of a task");
  options::variables_map values;
  if (!parse(command, arguments, named, {"FILE.h5"}, values)) return kSuccess;
  const std::string folder = values["output"].as<std::string>();
  analysis::write_report(gathered_file(values), folder, strings(values, "figure"));
  fmt::print("{}/index.html\n", folder);
  return kSuccess;
}

}  // namespace praesepe::workflow::command_line
