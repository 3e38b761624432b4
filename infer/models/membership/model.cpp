#include "infer/models/membership/model.hpp"

#include <algorithm>
#include <iterator>

#include "infer/models/field/field_components.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::membership {

using density::Component;
using density::Mixture;
using field::directions;
using field::FieldStars;
using field::Gaussian1;
using field::Gaussian2;
using field::measured;
using field::parallax_covariance;
using field::ParallaxField;
using field::proper_motions;
using sim::astrometry::Catalogue;

namespace {

/// Collects the parameters; truths of the simulation resemble NGC 6819.
class Parameters {
 public:
  explicit Parameters(const Model& model) : model_(model) {
    all_.push_back({"cluster_fraction", "", "fraction of the stars that belong to the cluster", "uniform(0, 1)",
                    "uniform(0.1, 0.9)", 0.4});
    if (model.data == Data::all) add_ball();
    if (model.data == Data::parallax) {
      add("parallax", "mas", "parallax of the cluster", "uniform(observed, observed)", "uniform(0.2, 3)", 0.4);
      add("sigma_parallax", "mas", "intrinsic spread of the cluster's parallaxes", "fixed(0)", "fixed(0)", 0.0);
    } else if (model.data != Data::all) {
      add_cluster_motion();
    }
    const field::FieldData looked_at{.parallax = model.data == Data::parallax || model.data == Data::all,
                                     .pmra = model.data != Data::parallax,
                                     .pmdec = model.data == Data::proper_motions || model.data == Data::all,
                                     .radial_velocity = model.data == Data::all};
    std::ranges::move(field::field_parameters(model.fields, looked_at), std::back_inserter(all_));
  }
  std::vector<Parameter> take() { return std::move(all_); }

 private:
  void add(std::string name, std::string unit, std::string description, std::string prior, std::string truth_prior,
           double truth) {
    all_.push_back(
        {std::move(name), std::move(unit), std::move(description), std::move(prior), std::move(truth_prior), truth});
  }

  void add_ball() {
    const std::string seen = "uniform(observed, observed)";
    add("ra", "deg", "right ascension of the centre", seen, "normal(295.33, 0.05)", 295.33);
    add("dec", "deg", "declination of the centre", seen, "normal(40.19, 0.05)", 40.19);
    add("parallax", "mas", "parallax of the centre", "log_uniform(0.02, 50)", "log_uniform(0.2, 3)", 0.4);
    add("pmra", "mas/yr", "proper motion of the centre in right ascension, times cos(dec)", "normal(0, 20)",
        "normal(-3, 2)", -2.9);
    add("pmdec", "mas/yr", "proper motion of the centre in declination", "normal(0, 20)", "normal(-4, 2)", -3.9);
    add("radial_velocity", "km/s", "radial velocity of the centre", "normal(0, 100)", "normal(0, 50)", 2.4);
    add("sigma_position", "pc", "spread of the stars about the centre along each axis", "log_uniform(0.1, 50)",
        "log_uniform(1, 10)", 3.0);
    add("sigma_velocity", "km/s", "velocity dispersion along each axis", "log_uniform(0.05, 20)", "log_uniform(0.3, 5)",
        1.0);
  }

  void add_cluster_motion() {
    const std::string wide = "log_uniform(0.005, 2)", narrow = "log_uniform(0.02, 0.5)";
    const bool both = model_.data == Data::proper_motions;
    add("pmra", "mas/yr", "mean proper motion of the cluster in right ascension, times cos(dec)", "normal(0, 20)",
        "normal(-3, 2)", -2.9);
    if (both) {
      add("pmdec", "mas/yr", "mean proper motion of the cluster in declination", "normal(0, 20)", "normal(-4, 2)",
          -3.9);
    }
    if (both && model_.isotropic) {
      add("sigma_pm", "mas/yr", "intrinsic spread of the cluster's proper motions along each axis", wide, narrow, 0.1);
      return;
    }
    add("sigma_pmra", "mas/yr", "intrinsic spread of the cluster in pmra", wide, narrow, 0.1);
    if (!both) return;
    add("sigma_pmdec", "mas/yr", "intrinsic spread of the cluster in pmdec", wide, narrow, 0.1);
    add("rho_pm", "", "intrinsic correlation of the cluster's proper motions", "uniform(-1, 1)", "uniform(-0.9, 0.9)",
        0.0);
  }

  const Model& model_;
  std::vector<Parameter> all_;
};

/// Parallaxes without their zero point.
Measured true_parallax(const Catalogue& catalogue, const Reference& reference) {
  Measured parallax = measured(catalogue, "parallax");
  parallax.value -= reference.parallax_zero_point;
  return parallax;
}

std::shared_ptr<const Component> cluster_component(const Model& model, const Catalogue& catalogue,
                                                   const Reference& reference) {
  switch (model.data) {
    case Data::pmra:
      return std::make_shared<Gaussian1>(measured(catalogue, "pmra"), model.index("pmra"), model.index("sigma_pmra"));
    case Data::parallax:
      return std::make_shared<Gaussian1>(true_parallax(catalogue, reference), model.index("parallax"),
                                         model.index("sigma_parallax"));
    case Data::proper_motions: return std::make_shared<Gaussian2>(proper_motions(catalogue), model.cluster_motion());
    case Data::all: break;
  }
  return std::make_shared<ClusterBall>(directions(catalogue), true_parallax(catalogue, reference),
                                       proper_motions(catalogue), parallax_covariance(catalogue),
                                       measured(catalogue, "radial_velocity"), model.ball());
}

std::shared_ptr<const Component> field_component(const Model& model, const Catalogue& catalogue,
                                                 const Reference& reference, const field::FieldIndices::Gaussian& at) {
  switch (model.data) {
    case Data::pmra: return std::make_shared<Gaussian1>(measured(catalogue, "pmra"), at.motion.pmra, at.motion.sd_pmra);
    case Data::parallax:
      return std::make_shared<ParallaxField>(true_parallax(catalogue, reference), model.field.length);
    case Data::proper_motions: return std::make_shared<Gaussian2>(proper_motions(catalogue), at.motion);
    case Data::all: break;
  }
  return std::make_shared<FieldStars>(
      field::Astrometry{true_parallax(catalogue, reference), proper_motions(catalogue), parallax_covariance(catalogue)},
      reference.log_sky_density, field::FieldStarsIndices{at.motion, model.field.length},
      Gaussian1(measured(catalogue, "radial_velocity"), at.radial_velocity, at.sigma_radial_velocity));
}

}  // namespace

Eigen::Index Model::index(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  if (found == parameters.end()) throw InternalError("the membership model has no parameter " + std::string(name));
  return found - parameters.begin();
}

MotionIndices Model::cluster_motion() const {
  if (isotropic) return {index("pmra"), index("pmdec"), index("sigma_pm"), index("sigma_pm"), -1};
  return {index("pmra"), index("pmdec"), index("sigma_pmra"), index("sigma_pmdec"), index("rho_pm")};
}

BallIndices Model::ball() const {
  return {index("ra"),
          index("dec"),
          index("parallax"),
          index("pmra"),
          index("pmdec"),
          index("radial_velocity"),
          index("sigma_position"),
          index("sigma_velocity")};
}

const std::vector<SettingKey>& model_keys() {
  static const std::vector<SettingKey> keys{
      {"model.data", "", "what is looked at: \"pmra\", \"parallax\", \"proper-motions\" or \"all\"",
       std::string("proper-motions")},
      {"model.cluster_motion", "", "proper motions of the cluster, if they are the data: \"isotropic\" or \"free\"",
       std::string("isotropic")},
      {"field.components", "", "number of Gaussians of the field", 1.0}};
  return keys;
}

Model read_model(const ModelSettings& settings) {
  Model model;
  model.data = static_cast<Data>(choice(settings, "model.data", {"pmra", "parallax", "proper-motions", "all"}));
  model.isotropic = choice(settings, "model.cluster_motion", {"isotropic", "free"}) == 0;
  model.fields = whole(settings, "field.components", 1, field::kMostComponents);
  if (model.data == Data::parallax && model.fields != 1) {
    throw InputError("field.components: expected 1: with model.data = \"parallax\" the field has one law of distances");
  }
  model.parameters = Parameters(model).take();
  model.field = field::field_indices(model.parameters, model.fields);
  return model;
}

std::shared_ptr<const Mixture> mixture(const Model& model, const Catalogue& catalogue, const Reference& reference) {
  std::vector<std::shared_ptr<const Component>> gaussians;
  for (const auto& at : model.field.gaussians) gaussians.push_back(field_component(model, catalogue, reference, at));
  return field::cluster_and_field(cluster_component(model, catalogue, reference), gaussians, model.field);
}

}  // namespace praesepe::infer::models::membership
