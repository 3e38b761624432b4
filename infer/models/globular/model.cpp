#include "infer/models/globular/model.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "infer/models/column.hpp"
#include "infer/models/field/field_components.hpp"
#include "infer/models/globular/collapsed_likelihood.hpp"
#include "infer/models/globular/selected_stars.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::globular {

using density::Component;
using field::Array;
using sim::astrometry::Catalogue;

const std::vector<SettingKey>& model_keys() {
  static const std::vector<SettingKey> keys{
      {"field.components", "", "number of Gaussians of the field; 0: every star is of the cluster", 0.0},
      {"field.radial_velocity", "", "whether the field has a law of radial velocities, for catalogues that have some",
       0.0},
      {"selection.footprint", "",
       "whether the footprint cuts the cluster: \"none\", \"corrected\", or \"ignored\" by the likelihood",
       std::string("none")},
      {"systematics.parallax_zero_point", "", "whether the zero point of the parallaxes is a parameter", 0.0},
      {"systematics.proper_motion", "", "whether systematic errors of both proper motions are parameters", 0.0}};
  return keys;
}

Model read_model(const ModelSettings& settings) {
  const int fields = whole(settings, "field.components", 0, field::kMostComponents);
  const auto selection =
      static_cast<Selection>(choice(settings, "selection.footprint", {"none", "corrected", "ignored"}));
  const SystematicKinds systematics{.parallax = whole(settings, "systematics.parallax_zero_point", 0, 1) == 1,
                                    .proper_motion = whole(settings, "systematics.proper_motion", 0, 1) == 1};
  const bool velocity = whole(settings, "field.radial_velocity", 0, 1) == 1;
  if (velocity && fields == 0) {
    throw InputError("field.radial_velocity: expected false with field.components = 0, where there is no field");
  }
  return make_model({.fields = fields, .field_velocity = velocity, .selection = selection, .systematics = systematics});
}

namespace {

/// The stars of a cluster have errors of 0.01 mas and 0.026 mas/yr in common (Vasiliev & Baumgardt 2021, MNRAS 505,
/// 5978); the prior of the zero point has room for what its correction leaves.
void add_systematics(SystematicKinds kinds, Model& model) {
  const auto add = [&](const char* name, const char* unit, const char* description, const char* prior) {
    model.parameters.push_back({name, unit, description, prior, prior, 0.0});
    return model.size() - 1;
  };
  if (kinds.parallax) {
    model.systematics.parallax =
        add("parallax_zero_point", "mas", "measured less true parallax, of all stars", "normal(0, 0.02)");
  }
  if (!kinds.proper_motion) return;
  model.systematics.pmra =
      add("pmra_systematic", "mas/yr", "measured less true pmra, of all stars", "normal(0, 0.026)");
  model.systematics.pmdec =
      add("pmdec_systematic", "mas/yr", "measured less true pmdec, of all stars", "normal(0, 0.026)");
}

}  // namespace

Model make_model(const ModelChoices& choices) {
  const std::string seen = "uniform(observed, observed)";
  Model model;
  model.fields = choices.fields;
  model.selection = choices.selection;
  model.parameters = {
      {"phi0", "", "dimensionless central potential", "uniform(1.5, 14)", "uniform(1.5, 14)", 5.0},
      {"g", "", "truncation parameter", "uniform(0.001, F_b)", "uniform(0.001, F_b)", 2.0},
      {"log10_mass", "log10(Msun)", "total mass", "normal(5.85, 0.6)", "normal(5.85, 0.6)", 5.0},
      {"log10_rh", "log10(pc)", "half-mass radius in three dimensions", "truncated_normal(0.7, 0.3, 0, 1.5)",
       "truncated_normal(0.7, 0.3, 0, 1.5)", std::log10(3.0)},
      {"ra", "deg", "right ascension of the centre", seen, "normal(60, 0.1)", 60.0},
      {"dec", "deg", "declination of the centre", seen, "normal(45, 0.1)", 45.0},
      {"parallax", "mas", "parallax of the centre", seen, "truncated_normal(1, 0.1, 0.5, 2)", 1.0},
      {"pmra", "mas/yr", "proper motion of the centre in right ascension, times cos(dec)", seen, "normal(4, 1)", 4.0},
      {"pmdec", "mas/yr", "proper motion of the centre in declination", seen, "normal(5, 1)", 5.0},
      {"radial_velocity", "km/s", "radial velocity of the centre", "normal(0, 200)", "normal(0, 200)", 30.0}};
  add_systematics(choices.systematics, model);
  if (choices.fields == 0) return model;
  model.parameters.push_back({"cluster_fraction", "", "fraction of the stars that belong to the cluster",
                              "uniform(0, 1)", "uniform(0.5, 0.95)", 0.8});
  std::ranges::move(
      field::field_parameters(
          choices.fields, {.parallax = true, .pmra = true, .pmdec = true, .radial_velocity = choices.field_velocity}),
      std::back_inserter(model.parameters));
  model.field = field::field_indices(model.parameters, choices.fields);
  return model;
}

namespace {

/// A field without a law of radial velocities has nothing to set against the cluster's.
void check_velocities(const Model& model, const Catalogue& catalogue) {
  if (model.field.has_radial_velocity() || !catalogue.has("radial_velocity")) return;
  const auto& values = catalogue["radial_velocity"];
  const auto first = std::ranges::find_if(values, [](double v) { return std::isfinite(v); });
  if (first == values.end()) return;
  throw InputError(catalogue.origin + ", row " + std::to_string(first - values.begin() + 1) +
                   ", column radial_velocity: expected none with field.radial_velocity = false. Set it to true, or "
                   "remove the column.");
}

/// The field's Gaussians are told by proper motions.
void check_motions(const Model& model, const Catalogue& catalogue) {
  const auto known =
      catalogue.has("pmra") ? std::ranges::count_if(catalogue["pmra"], [](double v) { return !std::isnan(v); }) : 0;
  const int needed = 5 * (model.fields + 1);
  if (known >= needed) return;
  throw InputError(catalogue.origin + ": " + std::to_string(known) + " stars have a proper motion; expected " +
                   std::to_string(needed) + " or more with field.components = " + std::to_string(model.fields));
}

/// One Gaussian of the field.
std::shared_ptr<const Component> field_component(const Model& model, const Catalogue& catalogue,
                                                 const Array& log_density, const field::FieldIndices::Gaussian& at) {
  std::optional<field::Gaussian1> velocity;
  if (model.field.has_radial_velocity()) {
    velocity.emplace(field::measured(catalogue, "radial_velocity"), at.radial_velocity, at.sigma_radial_velocity);
  }
  return std::make_shared<field::FieldStars>(field::astrometry(catalogue), log_density,
                                             field::FieldStarsIndices{at.motion, model.field.length, model.systematics},
                                             std::move(velocity));
}

}  // namespace

std::shared_ptr<const Component> component(const Model& model, const Catalogue& catalogue,
                                           const Observation& observation, QuadratureRule rule) {
  std::shared_ptr<const Component> cluster = std::make_shared<CollapsedStars>(catalogue, rule, model.systematics);
  if (model.is_selected()) field::check_inside(catalogue, field::footprint(observation));
  if (model.selection == Selection::corrected) {
    cluster = std::make_shared<SelectedStars>(std::move(cluster), field::footprint(observation));
  }
  if (model.fields == 0) return cluster;
  check_velocities(model, catalogue);
  check_motions(model, catalogue);
  // The measure of CollapsedStars is the square of ra and dec in radians: per steradian, times cos(dec).
  const Array dec = column(catalogue, "dec") * sim::astrometry::kRadPerDeg;
  const Array log_density = field::log_sky_density(catalogue, field::footprint(observation)) + dec.cos().log();
  std::vector<std::shared_ptr<const Component>> gaussians;
  for (const auto& at : model.field.gaussians) gaussians.push_back(field_component(model, catalogue, log_density, at));
  return field::cluster_and_field(std::move(cluster), gaussians, model.field);
}

}  // namespace praesepe::infer::models::globular
