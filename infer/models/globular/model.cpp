#include "infer/models/globular/model.hpp"

#include <cmath>
#include <iterator>

#include "infer/models/column.hpp"
#include "infer/models/field/field_components.hpp"
#include "infer/models/globular/collapsed_likelihood.hpp"
#include "infer/models/globular/selected_stars.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::globular {

using density::Component;
using field::Array;
using sim::astrometry::Catalogue;

const std::vector<SettingKey>& model_keys() {
  static const std::vector<SettingKey> keys{
      {"field.components", "", "number of Gaussians of the field; 0: every star is of the cluster", 0.0},
      {"selection.footprint", "",
       "whether the footprint cuts the cluster: \"none\", \"corrected\", or \"ignored\" by the likelihood",
       std::string("none")}};
  return keys;
}

Model read_model(const ModelSettings& settings) {
  const int fields = whole(settings, "field.components", 0, field::kMostComponents);
  return make_model(fields,
                    static_cast<Selection>(choice(settings, "selection.footprint", {"none", "corrected", "ignored"})));
}

Model make_model(int fields, Selection selection) {
  const std::string seen = "uniform(observed, observed)";
  Model model;
  model.fields = fields;
  model.selection = selection;
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
  if (fields == 0) return model;
  model.parameters.push_back({"cluster_fraction", "", "fraction of the stars that belong to the cluster",
                              "uniform(0, 1)", "uniform(0.5, 0.95)", 0.8});
  std::ranges::move(
      field::field_parameters(fields, {.parallax = true, .pmra = true, .pmdec = true, .radial_velocity = false}),
      std::back_inserter(model.parameters));
  model.field = field::field_indices(model.parameters, fields);
  return model;
}

std::shared_ptr<const Component> component(const Model& model, const Catalogue& catalogue,
                                           const Observation& observation, QuadratureRule rule) {
  std::shared_ptr<const Component> cluster = std::make_shared<CollapsedStars>(catalogue, rule);
  if (model.is_selected()) field::check_inside(catalogue, field::footprint(observation));
  if (model.selection == Selection::corrected) {
    cluster = std::make_shared<SelectedStars>(std::move(cluster), field::footprint(observation));
  }
  if (model.fields == 0) return cluster;
  // The measure of CollapsedStars is the square of ra and dec in radians: per steradian, times cos(dec).
  const auto rows = static_cast<Eigen::Index>(catalogue.rows());
  const Array dec = column(catalogue, "dec") * sim::astrometry::kRadPerDeg;
  const Array log_density = field::log_sky_density(catalogue, field::footprint(observation)) + dec.cos().log();
  // It takes parallax and proper motions for independent, and so must the field.
  const field::ParallaxCovariance none{Array::Zero(rows), Array::Zero(rows)};
  std::vector<std::shared_ptr<const Component>> gaussians;
  for (const auto& at : model.field.gaussians) {
    gaussians.push_back(std::make_shared<field::FieldStars>(field::measured(catalogue, "parallax"),
                                                            field::proper_motions(catalogue), none, log_density,
                                                            at.motion, model.field.length));
  }
  return field::cluster_and_field(std::move(cluster), gaussians, model.field);
}

}  // namespace praesepe::infer::models::globular
