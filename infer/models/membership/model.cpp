#include "infer/models/membership/model.hpp"

#include <algorithm>

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

constexpr int kMostFields = 8;

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
    if (model.data == Data::parallax || model.data == Data::all) {
      add("field_length", "kpc", "scale length of the field's exponentially decreasing space density",
          "log_uniform(0.05, 10)", "log_uniform(0.3, 3)", 1.3);
    }
    if (model.data != Data::parallax) add_fields();
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

  void add_fields() {
    for (int k = 0; k < model_.fields; ++k) add_field(k);
  }

  void add_field(int k) {
    const auto spread = [&](const char* law) {
      return model_.fields == 1 ? std::string(law) : "ascending(" + std::string(law) + ")";
    };
    const auto field = [&](const char* name) { return "field_" + std::to_string(k) + "_" + name; };
    if (model_.fields > 1) {
      add(field("weight"), "", "share of the field", "dirichlet(1)", "dirichlet(1)", 1.0 / model_.fields);
    }
    add(field("pmra"), "mas/yr", "mean pmra of the field", "normal(0, 10)", "normal(-3, 3)", -3.0);
    add(field("sigma_pmra"), "mas/yr", "spread of the field in pmra", spread("log_uniform(0.5, 50)"),
        spread("log_uniform(1, 8)"), 2.0 * (k + 1));
    if (model_.data == Data::pmra) return;
    add(field("pmdec"), "mas/yr", "mean pmdec of the field", "normal(0, 10)", "normal(-4, 3)", -4.0);
    add(field("sigma_pmdec"), "mas/yr", "spread of the field in pmdec", "log_uniform(0.5, 50)", "log_uniform(1, 8)",
        2.0 * (k + 1));
    add(field("rho_pm"), "", "correlation of the field's proper motions", "uniform(-1, 1)", "uniform(-0.9, 0.9)", 0.3);
    if (model_.data != Data::all) return;
    add(field("radial_velocity"), "km/s", "mean radial velocity of the field", "normal(0, 100)", "normal(0, 50)",
        -10.0);
    add(field("sigma_radial_velocity"), "km/s", "spread of the field in radial velocity", "log_uniform(5, 200)",
        "log_uniform(10, 60)", 40.0);
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
                                                 const Reference& reference, int k) {
  switch (model.data) {
    case Data::pmra:
      return std::make_shared<Gaussian1>(measured(catalogue, "pmra"), model.field_index(k, "pmra"),
                                         model.field_index(k, "sigma_pmra"));
    case Data::parallax:
      return std::make_shared<ParallaxField>(true_parallax(catalogue, reference), model.index("field_length"));
    case Data::proper_motions: return std::make_shared<Gaussian2>(proper_motions(catalogue), model.field_motion(k));
    case Data::all: break;
  }
  return std::make_shared<FieldStars>(true_parallax(catalogue, reference), proper_motions(catalogue),
                                      parallax_covariance(catalogue), measured(catalogue, "radial_velocity"),
                                      reference.log_sky_density, model.field_motion(k), model.index("field_length"),
                                      model.field_index(k, "radial_velocity"),
                                      model.field_index(k, "sigma_radial_velocity"));
}

}  // namespace

Eigen::Index Model::index(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  if (found == parameters.end()) throw InternalError("the membership model has no parameter " + std::string(name));
  return found - parameters.begin();
}

Eigen::Index Model::field_index(int k, std::string_view name) const {
  return index("field_" + std::to_string(k) + "_" + std::string(name));
}

MotionIndices Model::cluster_motion() const {
  if (isotropic) return {index("pmra"), index("pmdec"), index("sigma_pm"), index("sigma_pm"), -1};
  return {index("pmra"), index("pmdec"), index("sigma_pmra"), index("sigma_pmdec"), index("rho_pm")};
}

MotionIndices Model::field_motion(int k) const {
  return {field_index(k, "pmra"), field_index(k, "pmdec"), field_index(k, "sigma_pmra"), field_index(k, "sigma_pmdec"),
          field_index(k, "rho_pm")};
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
  model.fields = whole(settings, "field.components", 1, kMostFields);
  if (model.data == Data::parallax && model.fields != 1) {
    throw InputError("field.components: expected 1: with model.data = \"parallax\" the field has one law of distances");
  }
  model.parameters = Parameters(model).take();
  return model;
}

std::shared_ptr<const Mixture> mixture(const Model& model, const Catalogue& catalogue, const Reference& reference) {
  std::vector<Mixture::Part> parts;
  for (int k = 0; k < model.fields; ++k) {
    const Eigen::Index weight = model.fields > 1 ? model.field_index(k, "weight") : -1;
    parts.push_back({"field", field_component(model, catalogue, reference, k), weight});
  }
  const auto field = std::make_shared<Mixture>(std::move(parts));
  return std::make_shared<Mixture>(std::vector<Mixture::Part>{
      {"cluster", cluster_component(model, catalogue, reference), model.index("cluster_fraction")}, {"field", field}});
}

}  // namespace praesepe::infer::models::membership
