#include "infer/models/association/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/error.hpp"
#include "sim/mixture/partial_correlations.hpp"

namespace praesepe::infer::models::association {

using density::Mixture;

namespace {

constexpr std::array kAxes{"x", "y", "z", "u", "v", "w"};
constexpr std::size_t kPositions = 3;

const char* unit_of(std::size_t axis) { return axis < kPositions ? "pc" : "km/s"; }

std::string mean_of(std::size_t axis) {
  return fmt::format("{} today, relative to the LSR", axis < kPositions ? "position" : "velocity");
}

/// Names of the partial correlations, row by row, with the prior under which all correlation matrices are equally
/// probable.
std::vector<std::pair<std::string, std::string>> partials() {
  std::vector<std::pair<std::string, std::string>> all;
  for (std::size_t row = 1; row < kAxes.size(); ++row) {
    for (std::size_t column = 0; column < row; ++column) {
      const double shape =
          sim::mixture::lkj_shape(1.0, static_cast<Eigen::Index>(kAxes.size()), static_cast<Eigen::Index>(column));
      all.emplace_back(fmt::format("partial_{}_{}", kAxes[column], kAxes[row]),
                       fmt::format("beta({0}, {0}, -1, 1)", shape));
    }
  }
  return all;
}

std::vector<Parameter> group_parameters(int k, int groups, Births births) {
  std::vector<Parameter> all;
  const auto add = [&](const char* name, const char* unit, std::string description, const char* prior,
                       const char* truth_prior, std::optional<double> truth) {
    all.push_back({fmt::format("group_{}_{}", k, name), unit, std::move(description), prior, truth_prior, truth});
  };
  if (groups > 1) add("weight", "", "share of the groups' stars", "dirichlet(1)", "dirichlet(1)", 1.0 / groups);
  for (std::size_t axis = 0; axis < kAxes.size(); ++axis) {
    const bool position = axis < kPositions;
    // groups of a simulation lie apart from each other, if nothing else is said
    add(kAxes[axis], unit_of(axis), "mean " + mean_of(axis), position ? "normal(0, 200)" : "normal(0, 30)",
        position ? "normal(0, 60)" : "normal(0, 10)", position ? 40.0 * k : 5.0 * k);
  }
  const auto add_sd = [&](const char* name, bool position, const char* description) {
    add(name, position ? "pc" : "km/s", description, position ? "log_uniform(0.5, 200)" : "log_uniform(0.05, 30)",
        position ? "log_uniform(2, 30)" : "log_uniform(0.5, 3)", position ? 10.0 : 1.0);
  };
  if (births == Births::sphere) {
    add_sd("dxyz", true, "standard deviation of positions at birth along each axis");
    add_sd("duvw", false, "standard deviation of velocities at birth along each axis");
  } else {
    for (std::size_t axis = 0; axis < kAxes.size(); ++axis) {
      add_sd((std::string("sigma_") + kAxes[axis]).c_str(), axis < kPositions, "standard deviation at birth");
    }
  }
  if (births == Births::free) {
    for (const auto& [name, prior] : partials()) {
      add(name.c_str(), "", "partial correlation at birth, given the axes before both", prior.c_str(), prior.c_str(),
          0.0);
    }
  }
  add("age", "Myr", "age", groups > 1 ? "ascending(uniform(0, 200))" : "uniform(0, 200)",
      groups > 1 ? "ascending(uniform(5, 100))" : "uniform(5, 100)", 20.0 + 10.0 * k);
  return all;
}

/// "field_0_x", or "field_x" of a field of one Gaussian.
std::string field_name(int k, int fields, const std::string& name) {
  return fields > 1 ? fmt::format("field_{}_{}", k, name) : "field_" + name;
}

/// The spread in u tells the Gaussians of a field apart: it is what differs most between thin and thick disc.
std::vector<Parameter> field_parameters(int k, int fields, bool correlated) {
  std::vector<Parameter> all;
  const auto add = [&](const std::string& name, const char* unit, std::string description, std::string prior,
                       std::string truth_prior, double truth) {
    all.push_back(
        {field_name(k, fields, name), unit, std::move(description), std::move(prior), std::move(truth_prior), truth});
  };
  if (fields > 1) add("weight", "", "share of the field", "dirichlet(1)", "dirichlet(1)", 1.0 / fields);
  for (std::size_t axis = 0; axis < kAxes.size(); ++axis) {
    const bool position = axis < kPositions;
    add(kAxes[axis], unit_of(axis), "mean of the field, " + mean_of(axis),
        position ? "normal(0, 200)" : "normal(0, 50)", position ? "normal(0, 20)" : "normal(0, 10)", 0.0);
  }
  for (std::size_t axis = 0; axis < kAxes.size(); ++axis) {
    const bool position = axis < kPositions;
    const bool ordered = axis == kPositions && fields > 1;
    const auto law = [&](const char* prior) { return ordered ? fmt::format("ascending({})", prior) : prior; };
    add(std::string("sigma_") + kAxes[axis], unit_of(axis), "standard deviation of the field",
        law(position ? "log_uniform(5, 2000)" : "log_uniform(1, 200)"),
        law(position ? "log_uniform(50, 120)" : "log_uniform(8, 40)"), position ? 80.0 : 20.0 * (k + 1));
  }
  if (!correlated) return all;
  for (const auto& [name, prior] : partials()) {
    add(name, "", "partial correlation of the field, given the axes before both", prior, prior, 0.0);
  }
  return all;
}

double real(const ModelSettings& settings, const char* key) {
  const double* value = std::get_if<double>(&settings.at(key));
  if (value && std::abs(*value) <= 1e4) return *value;
  throw InputError(fmt::format("{}: expected a number from -1e4 to 1e4", key));
}

}  // namespace

std::vector<Parameter> parameters_of(const Model& model) {
  std::vector<Parameter> all;
  if (model.has_field) {
    all.push_back({"group_fraction", "", "fraction of the stars that belong to a group", "uniform(0, 1)",
                   "uniform(0.2, 0.8)", 0.5});
  }
  for (int k = 0; k < model.groups; ++k)
    std::ranges::move(group_parameters(k, model.groups, model.births), std::back_inserter(all));
  for (int k = 0; model.has_field && k < model.fields; ++k) {
    std::ranges::move(field_parameters(k, model.fields, model.correlated_field), std::back_inserter(all));
  }
  return all;
}

Eigen::Index Model::index(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  if (found == parameters.end()) throw InternalError("the association model has no parameter " + std::string(name));
  return found - parameters.begin();
}

AssociationComponent::Indices Model::group(int k) const {
  const auto of = [&](const char* name) { return index(fmt::format("group_{}_{}", k, name)); };
  const auto shape = births == Births::sphere ? sphere(of("dxyz"), of("duvw"))
                                              : axes(of("sigma_x"), births == Births::free ? of("partial_x_y") : -1);
  return {of("x"), shape, of("age")};
}

PresentDayGaussian::Indices Model::field(int k) const {
  const auto of = [&](const char* name) { return index(field_name(k, fields, name)); };
  return {of("x"), axes(of("sigma_x"), correlated_field ? of("partial_x_y") : -1)};
}

Eigen::Index Model::field_weight(int k) const { return fields > 1 ? index(field_name(k, fields, "weight")) : -1; }

const std::vector<SettingKey>& model_keys() {
  static const sim::association::GalacticFrame frame;
  static const std::vector<SettingKey> keys{
      {"model.groups", "", "number of groups", 1.0},
      {"model.births", "", "\"sphere\"; \"axes\": each with its standard deviation; \"free\": with correlations too",
       std::string("sphere")},
      {"model.orbits", "", "\"own\": of each star; \"linear\": about that of the group's mean, faster",
       std::string("own")},
      {"model.distances", "",
       "\"integrated\" over where a parallax has less than 100 sigma; \"linear\": 1 / parallax, its error linear",
       std::string("integrated")},
      {"model.constants", "", "of orbits and frames: \"physical\" or \"chronostar\", that program's numbers",
       std::string("physical")},
      {"model.sun_z", "pc", "height of the Sun above the LSR's plane", frame.sun_position_pc[2]},
      {"model.sun_u", "km/s", "motion of the Sun relative to the LSR, towards the Galactic centre",
       frame.sun_velocity_kms[0]},
      {"model.sun_v", "km/s", "along the rotation", frame.sun_velocity_kms[1]},
      {"model.sun_w", "km/s", "to the north Galactic pole", frame.sun_velocity_kms[2]},
      {"field.components", "", "number of Gaussians of stars of no group; 0: there are none", 1.0},
      {"field.correlations", "", "of these Gaussians: \"none\" or \"full\"", std::string("none")}};
  return keys;
}

Model read_model(const ModelSettings& settings) {
  Model model;
  model.groups = whole(settings, "model.groups", 1, kMostGroups);
  const int fields = whole(settings, "field.components", 0, kMostFields);
  model.has_field = fields > 0;
  model.fields = std::max(fields, 1);
  model.correlated_field = choice(settings, "field.correlations", {"none", "full"}) == 1;
  model.births = static_cast<Births>(choice(settings, "model.births", {"sphere", "axes", "free"}));
  model.orbits = choice(settings, "model.orbits", {"own", "linear"}) == 0 ? Orbits::own : Orbits::linear;
  model.distances =
      choice(settings, "model.distances", {"integrated", "linear"}) == 0 ? Distances::integrated : Distances::linear;
  if (choice(settings, "model.constants", {"physical", "chronostar"}) == 1) {
    model.frame = sim::association::johnson_soderblom_frame();
    model.orbit = EpicyclicOrbit(sim::association::chronostar_constants());
  }
  model.frame.sun_position_pc[2] = real(settings, "model.sun_z");
  model.frame.sun_velocity_kms = {real(settings, "model.sun_u"), real(settings, "model.sun_v"),
                                  real(settings, "model.sun_w")};
  model.parameters = parameters_of(model);
  return model;
}

std::shared_ptr<const Mixture> mixture(const Model& model, std::shared_ptr<const StarStates> stars) {
  std::vector<Mixture::Part> groups;
  for (int k = 0; k < model.groups; ++k) {
    const Eigen::Index weight = model.groups > 1 ? model.index(fmt::format("group_{}_weight", k)) : -1;
    groups.push_back({fmt::format("group_{}", k),
                      std::make_shared<AssociationComponent>(stars, model.group(k), model.orbits, model.orbit),
                      weight});
  }
  auto all = std::make_shared<const Mixture>(std::move(groups));
  if (!model.has_field) return all;
  std::vector<Mixture::Part> field;
  for (int k = 0; k < model.fields; ++k) {
    field.push_back({"field", std::make_shared<PresentDayGaussian>(stars, model.field(k)), model.field_weight(k)});
  }
  return std::make_shared<Mixture>(std::vector<Mixture::Part>{{"", std::move(all), model.index("group_fraction")},
                                                              {"field", std::make_shared<Mixture>(std::move(field))}});
}

}  // namespace praesepe::infer::models::association
