#include "infer/models/association/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "infer/models/association/uniform_box.hpp"
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

std::vector<Parameter> group_parameters(int k, int groups, bool has_field) {
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
  // where there is no field, a group may have to take its place
  add("dxyz", "pc", "standard deviation of positions at birth along each axis",
      has_field ? "log_uniform(0.5, 200)" : "log_uniform(0.5, 2000)", "log_uniform(2, 30)", 10.0);
  add("duvw", "km/s", "standard deviation of velocities at birth along each axis",
      has_field ? "log_uniform(0.05, 30)" : "log_uniform(0.05, 200)", "log_uniform(0.5, 3)", 1.0);
  add("age", "Myr", "age", groups > 1 ? "ascending(uniform(0, 200))" : "uniform(0, 200)",
      groups > 1 ? "ascending(uniform(5, 100))" : "uniform(5, 100)", 20.0 + 10.0 * k);
  return all;
}

std::vector<Parameter> field_parameters(bool correlated) {
  std::vector<Parameter> all;
  for (std::size_t axis = 0; axis < kAxes.size(); ++axis) {
    const bool position = axis < kPositions;
    all.push_back({std::string("field_") + kAxes[axis], unit_of(axis), "mean of the field, " + mean_of(axis),
                   position ? "normal(0, 200)" : "normal(0, 50)", position ? "normal(0, 20)" : "normal(0, 10)", 0.0});
  }
  for (std::size_t axis = 0; axis < kAxes.size(); ++axis) {
    const bool position = axis < kPositions;
    all.push_back({std::string("field_sigma_") + kAxes[axis], unit_of(axis), "standard deviation of the field",
                   position ? "log_uniform(5, 2000)" : "log_uniform(1, 200)",
                   position ? "log_uniform(50, 120)" : "log_uniform(8, 40)", position ? 80.0 : 20.0});
  }
  for (std::size_t row = 1; correlated && row < kAxes.size(); ++row) {
    for (std::size_t column = 0; column < row; ++column) {
      const double shape =
          sim::mixture::lkj_shape(1.0, static_cast<Eigen::Index>(kAxes.size()), static_cast<Eigen::Index>(column));
      const auto prior = fmt::format("beta({0}, {0}, -1, 1)", shape);
      all.push_back({fmt::format("field_partial_{}_{}", kAxes[column], kAxes[row]), "",
                     "partial correlation of the field, given the axes before both", prior, prior, 0.0});
    }
  }
  return all;
}

double real(const ModelSettings& settings, const char* key) {
  const double* value = std::get_if<double>(&settings.at(key));
  if (value && std::abs(*value) <= 1e4) return *value;
  throw InputError(fmt::format("{}: expected a number from -1e4 to 1e4", key));
}

std::shared_ptr<const density::Component> field(const Model& model, std::shared_ptr<const StarStates> stars) {
  if (model.box_field) return std::make_shared<UniformBox>(*stars);
  return std::make_shared<PresentDayGaussian>(std::move(stars), model.field());
}

}  // namespace

std::vector<Parameter> parameters_of(const Model& model) {
  std::vector<Parameter> all;
  if (model.has_field) {
    all.push_back({"group_fraction", "", "fraction of the stars that belong to a group", "uniform(0, 1)",
                   "uniform(0.2, 0.8)", 0.5});
  }
  for (int k = 0; k < model.groups; ++k)
    std::ranges::move(group_parameters(k, model.groups, model.has_field), std::back_inserter(all));
  if (model.has_gaussian_field()) std::ranges::move(field_parameters(model.correlated_field), std::back_inserter(all));
  return all;
}

Eigen::Index Model::index(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  if (found == parameters.end()) throw InternalError("the association model has no parameter " + std::string(name));
  return found - parameters.begin();
}

AssociationComponent::Indices Model::group(int k) const {
  const auto of = [&](const char* name) { return index(fmt::format("group_{}_{}", k, name)); };
  return {of("x"), of("dxyz"), of("duvw"), of("age")};
}

PresentDayGaussian::Indices Model::field() const {
  return {index("field_x"), index("field_sigma_x"), correlated_field ? index("field_partial_x_y") : -1};
}

const std::vector<SettingKey>& model_keys() {
  static const sim::association::GalacticFrame frame;
  static const std::vector<SettingKey> keys{
      {"model.groups", "", "number of groups", 1.0},
      {"model.constants", "", "of orbits and frames: \"physical\" or \"chronostar\", that program's numbers",
       std::string("physical")},
      {"model.sun_z", "pc", "height of the Sun above the LSR's plane", frame.sun_position_pc[2]},
      {"model.sun_u", "km/s", "motion of the Sun relative to the LSR, towards the Galactic centre",
       frame.sun_velocity_kms[0]},
      {"model.sun_v", "km/s", "along the rotation", frame.sun_velocity_kms[1]},
      {"model.sun_w", "km/s", "to the north Galactic pole", frame.sun_velocity_kms[2]},
      {"field.components", "", "0 or 1: whether stars of no group are beside them", 1.0},
      {"field.distribution", "", "\"gaussian\", or \"box\": uniform within the edges of the catalogue",
       std::string("gaussian")},
      {"field.correlations", "", "of the Gaussian: \"none\" or \"full\"", std::string("none")}};
  return keys;
}

Model read_model(const ModelSettings& settings) {
  Model model;
  model.groups = whole(settings, "model.groups", 1, kMostGroups);
  model.has_field = whole(settings, "field.components", 0, 1) == 1;
  model.box_field = choice(settings, "field.distribution", {"gaussian", "box"}) == 1;
  model.correlated_field = choice(settings, "field.correlations", {"none", "full"}) == 1;
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
                      std::make_shared<AssociationComponent>(stars, model.group(k), model.orbit), weight});
  }
  auto all = std::make_shared<const Mixture>(std::move(groups));
  if (!model.has_field) return all;
  return std::make_shared<Mixture>(
      std::vector<Mixture::Part>{{"", std::move(all), model.index("group_fraction")}, {"field", field(model, stars)}});
}

}  // namespace praesepe::infer::models::association
