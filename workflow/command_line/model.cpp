#include <fmt/format.h>

#include <charconv>
#include <iostream>
#include <limits>

#include "sim/astrometry/catalogue_reader.hpp"
#include "sim/error.hpp"
#include "sim/globular/model_checks.hpp"
#include "sim/globular/model_table.hpp"
#include "workflow/command_line/command.hpp"

namespace praesepe::workflow::command_line {

namespace {

std::vector<double> parse_radii(const std::string& text) {
  std::vector<double> radii;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at <= end; ++at) {
    const auto [stop, error] = std::from_chars(at, end, radii.emplace_back());
    if (error != std::errc() || (stop != end && *stop != ',')) {
      throw InputError("--radii " + text + ": expected numbers such as 0,1,2.5");
    }
    at = stop;
  }
  return radii;
}

options::options_description model_options() {
  options::options_description named;
  const auto number = [] { return options::value<double>()->value_name("NUMBER"); };
  named.add_options()("phi0", number(), "dimensionless central potential");
  named.add_options()("g", number(), "truncation, 0 <= g < 3.5");
  named.add_options()("mass", number(), "Msun");
  named.add_options()("half_mass_radius", number(), "pc, in three dimensions");
  named.add_options()("G", number()->default_value(sim::astrometry::kGravity, "4.30091727e-3"),
                      "Newton's constant, pc Msun^-1 (km/s)^2");
  named.add_options()("radii", options::value<std::string>()->value_name("r1,r2,..."),
                      "radii of the table, pc (default: 101 up to the edge)");
  named.add_options()("df", options::value<std::string>()->value_name("FILE.csv"),
                      "instead, the distribution function at the points of this file (columns r, v)");
  named.add_options()("table", options::value<std::string>()->value_name("NAME"),
                      "instead, accuracy: ln f by the solver of inference and an independent solution; or virial: "
                      "r_v/r_h and the bound F_b over all phi0 and g, which takes no parameters");
  return named;
}

std::string distribution_function(const sim::globular::GlobularModel& model, const std::string& file) {
  const sim::astrometry::CatalogueSchema schema{
      {{.name = "r", .unit = "pc", .required = true}, {.name = "v", .unit = "km/s", .required = true}}, "_error"};
  const auto points = sim::astrometry::read_catalogue(file, schema);
  return sim::globular::df_table(model, points["r"], points["v"]);
}

}  // namespace

int model(const Command& command, const Arguments& arguments) {
  options::variables_map values;
  if (!parse(command, arguments, model_options(), {"KIND"}, values)) return kSuccess;
  const std::string kind = values["KIND"].as<std::string>();
  if (kind != "globular") throw InputError("praesepe model: there is no model \"" + kind + "\"; expected globular");
  const std::string table = values.contains("table") ? values["table"].as<std::string>() : "";
  if (values.contains("table") && table != "virial" && table != "accuracy") {
    throw InputError("praesepe model: --table " + table + "; expected virial or accuracy");
  }
  if (table == "virial") {
    std::cout << sim::globular::virial_table();
    return kSuccess;
  }
  const auto number = [&values](const char* name) {
    if (!values.contains(name)) throw InputError(fmt::format("praesepe model: --{} is missing", name));
    return values[name].as<double>();
  };
  const sim::globular::GlobularParameters parameters{
      .phi0 = number("phi0"), .g = number("g"), .mass = number("mass"), .half_mass_radius = number("half_mass_radius")};
  if (table == "accuracy") {
    std::cout << sim::globular::accuracy_table(parameters, number("G"));
    return kSuccess;
  }
  const sim::globular::GlobularModel model(parameters, number("G"));
  if (values.contains("df")) {
    std::cout << distribution_function(model, values["df"].as<std::string>());
    return kSuccess;
  }
  const auto radii =
      values.contains("radii") ? parse_radii(values["radii"].as<std::string>()) : sim::globular::default_radii(model);
  std::cout << sim::globular::model_table(model, radii);
  return kSuccess;
}

}  // namespace praesepe::workflow::command_line
