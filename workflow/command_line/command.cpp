#include "workflow/command_line/command.hpp"

#include <fmt/format.h>

#include <iostream>

#include "sim/error.hpp"
#include "workflow/result_folder.hpp"

namespace praesepe::workflow::command_line {

bool parse(const Command& command, const Arguments& arguments, const options::options_description& named,
           const std::vector<std::string>& positional, options::variables_map& values) {
  options::options_description visible, all;
  visible.add(named).add_options()("help,h", "this text");
  all.add(visible);
  options::positional_options_description places;
  for (std::string name : positional) {
    const bool many = name.ends_with("...");
    if (many) name.resize(name.size() - 3);
    if (many) {
      all.add_options()(name.c_str(), options::value<std::vector<std::string>>());
    } else {
      all.add_options()(name.c_str(), options::value<std::string>());
    }
    places.add(name.c_str(), many ? -1 : 1);
  }
  try {
    // No guessing of shortened names: a script written today must not change its meaning with a new option.
    const auto style = options::command_line_style::default_style & ~options::command_line_style::allow_guessing;
    options::store(options::command_line_parser(arguments).options(all).positional(places).style(style).run(), values);
    if (values.contains("help")) {
      std::cout << "usage: praesepe " << command.name << " " << command.synopsis << "\n\n"
                << command.description << "\n\noptions:\n"
                << visible;
      return false;
    }
    notify(values);
  } catch (const options::error& error) {
    throw InputError(fmt::format("praesepe {}: {}; see praesepe {} --help", command.name, error.what(), command.name));
  }
  for (std::string name : positional) {
    if (name.ends_with("...")) name.resize(name.size() - 3);
    if (values.contains(name)) continue;
    throw InputError(fmt::format("praesepe {}: {} is missing; usage: praesepe {} {}", command.name, name, command.name,
                                 command.synopsis));
  }
  return true;
}

std::filesystem::path gathered_file(const options::variables_map& values) {
  const std::filesystem::path named = values["FILE.h5"].as<std::string>();
  return std::filesystem::is_directory(named) ? ResultFolder::existing(named).posteriors() : named;
}

options::options_description settings_option() {
  options::options_description description;
  description.add_options()("set", options::value<std::vector<std::string>>()->value_name("a.b=VALUE")->composing(),
                            "change a key of the campaign file (repeatable)");
  return description;
}

std::vector<std::string> strings(const options::variables_map& values, const std::string& name) {
  return values.contains(name) ? values[name].as<std::vector<std::string>>() : std::vector<std::string>{};
}

options::options_description column_option() {
  options::options_description named;
  named.add_options()("column", options::value<std::vector<std::string>>()->value_name("NAME=FILECOLUMN")->composing(),
                      "what the catalogue calls a column (repeatable)");
  return named;
}

std::map<std::string, std::string> column_names(const options::variables_map& values) {
  std::map<std::string, std::string> names;
  for (const std::string& column : strings(values, "column")) {
    const auto equals = column.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == column.size()) {
      throw InputError("--column " + column + ": expected NAME=FILECOLUMN");
    }
    names[column.substr(0, equals)] = column.substr(equals + 1);
  }
  return names;
}

}  // namespace praesepe::workflow::command_line
