#include <fmt/format.h>

#include <charconv>
#include <iostream>
#include <limits>

#include "infer/models/membership/field_choice.hpp"
#include "sim/astrometry/catalogue_reader.hpp"
#include "sim/error.hpp"
#include "sim/globular/model_checks.hpp"
#include "sim/globular/model_table.hpp"
#include "workflow/command_line/command.hpp"
#include "workflow/command_line/group_search.hpp"
#include "workflow/command_line/model_input.hpp"
#include "workflow/command_line/traceback.hpp"

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
                      "instead, of globular: accuracy: ln f by the solver of inference and an independent solution; or "
                      "virial: r_v/r_h and the bound F_b over all phi0 and g, which takes no parameters. Of "
                      "association: components: every group of every number");
  named.add_options()("resume", options::value<std::string>()->value_name("FILE"),
                      "of association: keep what is found in this file, and go on from there");
  named.add_options()("catalogue", options::value<std::string>()->value_name("FILE"),
                      "of membership: a catalogue with proper motions; of association: with parallaxes too");
  named.add_options()("components", options::value<int>()->value_name("K")->default_value(4),
                      "the largest number: of Gaussians of the field (membership), of groups (association)");
  named.add_options()("posteriors", options::value<std::string>()->value_name("FILE.h5"),
                      "of traceback: results of the study of associations");
  named.add_options()("task", options::value<int>()->value_name("K")->default_value(0), "of traceback: which of them");
  named.add_options()("oldest", options::value<int>()->value_name("T")->default_value(60),
                      "of traceback: how far back, Myr");
  named.add(settings_option());
  named.add(column_option());
  return named;
}

std::string distribution_function(const sim::globular::GlobularModel& model, const std::string& file) {
  const sim::astrometry::CatalogueSchema schema{
      {{.name = "r", .unit = "pc", .required = true}, {.name = "v", .unit = "km/s", .required = true}}, "_error"};
  const auto points = sim::astrometry::read_catalogue(file, schema);
  return sim::globular::df_table(model, points["r"], points["v"]);
}

std::string globular(const options::variables_map& values) {
  const std::string table = values.contains("table") ? values["table"].as<std::string>() : "";
  if (values.contains("table") && table != "virial" && table != "accuracy") {
    throw InputError("praesepe model: --table " + table + "; expected virial or accuracy");
  }
  if (table == "virial") return sim::globular::virial_table();
  const auto number = [&values](const char* name) {
    if (!values.contains(name)) throw InputError(fmt::format("praesepe model: --{} is missing", name));
    return values[name].as<double>();
  };
  const sim::globular::GlobularParameters parameters{
      .phi0 = number("phi0"), .g = number("g"), .mass = number("mass"), .half_mass_radius = number("half_mass_radius")};
  if (table == "accuracy") return sim::globular::accuracy_table(parameters, number("G"));
  const sim::globular::GlobularModel model(parameters, number("G"));
  if (values.contains("df")) return distribution_function(model, values["df"].as<std::string>());
  const auto radii =
      values.contains("radii") ? parse_radii(values["radii"].as<std::string>()) : sim::globular::default_radii(model);
  return sim::globular::model_table(model, radii);
}

std::string membership(const options::variables_map& values) {
  const int most = most_components(values);
  sim::random::Stream stream({0, 0, 0}, sim::random::Purpose::starts);
  return infer::models::membership::field_choice_table(model_catalogue(values, "membership", {"pmra", "pmdec"}), most,
                                                       stream);
}

std::string traceback_of(const options::variables_map& values) {
  constexpr int kOldest = 300;
  const int oldest = values["oldest"].as<int>();
  if (!values.contains("posteriors")) throw InputError("praesepe model traceback: --posteriors is missing");
  if (oldest < 1 || oldest > kOldest)
    throw InputError(fmt::format("--oldest {}: expected 1 to {} Myr", oldest, kOldest));
  return traceback(values["posteriors"].as<std::string>(), values["task"].as<int>(), oldest);
}

}  // namespace

int model(const Command& command, const Arguments& arguments) {
  options::variables_map values;
  if (!parse(command, arguments, model_options(), {"KIND"}, values)) return kSuccess;
  const std::string kind = values["KIND"].as<std::string>();
  if (kind == "globular") {
    std::cout << globular(values);
  } else if (kind == "membership") {
    std::cout << membership(values);
  } else if (kind == "association") {
    std::cout << group_search(values);
  } else if (kind == "traceback") {
    std::cout << traceback_of(values);
  } else {
    throw InputError("praesepe model: there is no model \"" + kind +
                     "\"; expected globular, membership, association or traceback");
  }
  return kSuccess;
}

}  // namespace praesepe::workflow::command_line
