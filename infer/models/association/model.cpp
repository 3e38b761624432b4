#include "infer/models/association/model.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "infer/models/association/uniform_box.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::association {

using density::Mixture;

namespace {

double real(const ModelSettings& settings, const char* key) {
  const double* value = std::get_if<double>(&settings.at(key));
  if (value && std::abs(*value) <= 1e4) return *value;
  throw InputError(fmt::format("{}: expected a number from -1e4 to 1e4", key));
}

/// A mixture, also of one Gaussian, so that it is one component whatever it is made of.
std::shared_ptr<const density::Component> field_component(const Model& model, std::shared_ptr<const StarStates> stars) {
  if (model.box_field) return std::make_shared<UniformBox>(*stars);
  std::vector<Mixture::Part> gaussians;
  for (int k = 0; k < model.fields; ++k) {
    gaussians.push_back({"field", std::make_shared<PresentDayGaussian>(stars, model.field(k)), model.field_weight(k)});
  }
  return std::make_shared<Mixture>(std::move(gaussians));
}

}  // namespace

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
  const auto of = [&](const char* name) { return index(field_name(*this, k, name)); };
  return {of("x"), axes(of("sigma_x"), correlated_field ? of("partial_x_y") : -1)};
}

Eigen::Index Model::field_weight(int k) const { return fields > 1 ? index(field_name(*this, k, "weight")) : -1; }

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
      {"field.distribution", "", "\"gaussian\", or \"box\": uniform within the edges of the catalogue",
       std::string("gaussian")},
      {"field.correlations", "", "of these Gaussians: \"none\" or \"full\"", std::string("none")}};
  return keys;
}

Model read_model(const ModelSettings& settings) {
  Model model;
  model.groups = whole(settings, "model.groups", 1, kMostGroups);
  const int fields = whole(settings, "field.components", 0, kMostFields);
  model.has_field = fields > 0;
  model.fields = std::max(fields, 1);
  model.box_field = choice(settings, "field.distribution", {"gaussian", "box"}) == 1;
  if (model.box_field && fields > 1) {
    throw InputError("field.components: expected 0 or 1 with field.distribution = \"box\"");
  }
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
  return std::make_shared<Mixture>(std::vector<Mixture::Part>{{"", std::move(all), model.index("group_fraction")},
                                                              {"field", field_component(model, std::move(stars))}});
}

}  // namespace praesepe::infer::models::association
