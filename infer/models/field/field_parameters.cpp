#include "infer/models/field/field_parameters.hpp"

#include <algorithm>
#include <cmath>

#include "sim/error.hpp"

namespace praesepe::infer::models::field {

namespace {

std::string name_of(int k, const char* name) { return "field_" + std::to_string(k) + "_" + name; }

/// Truths of the simulation resemble the field of NGC 6819.
void add_gaussian(int k, int components, FieldData data, std::vector<Parameter>& all) {
  const auto spread = [&](const char* law) {
    return components == 1 ? std::string(law) : "ascending(" + std::string(law) + ")";
  };
  const auto add = [&](const char* name, const char* unit, const char* description, std::string prior,
                       std::string truth_prior, double truth) {
    all.push_back({name_of(k, name), unit, description, std::move(prior), std::move(truth_prior), truth});
  };
  if (components > 1) add("weight", "", "share of the field", "dirichlet(1)", "dirichlet(1)", 1.0 / components);
  add("pmra", "mas/yr", "mean pmra of the field", "normal(0, 10)", "normal(-3, 3)", -3.0);
  add("sigma_pmra", "mas/yr", "spread of the field in pmra", spread("log_uniform(0.5, 50)"),
      spread("log_uniform(1, 8)"), 2.0 * (k + 1));
  if (!data.pmdec) return;
  add("pmdec", "mas/yr", "mean pmdec of the field", "normal(0, 10)", "normal(-4, 3)", -4.0);
  add("sigma_pmdec", "mas/yr", "spread of the field in pmdec", "log_uniform(0.5, 50)", "log_uniform(1, 8)",
      2.0 * (k + 1));
  add("rho_pm", "", "correlation of the field's proper motions", "uniform(-1, 1)", "uniform(-0.9, 0.9)", 0.3);
  if (!data.radial_velocity) return;
  add("radial_velocity", "km/s", "mean radial velocity of the field", "normal(0, 100)", "normal(0, 50)", -10.0);
  add("sigma_radial_velocity", "km/s", "spread of the field in radial velocity", "log_uniform(5, 200)",
      "log_uniform(10, 60)", 40.0);
}

}  // namespace

std::vector<Parameter> field_parameters(int components, FieldData data) {
  std::vector<Parameter> all;
  if (data.parallax) {
    all.push_back({"field_length", "kpc", "scale length of the field's exponentially decreasing space density",
                   "log_uniform(0.05, 10)", "log_uniform(0.3, 3)", 1.3});
  }
  for (int k = 0; data.pmra && k < components; ++k) add_gaussian(k, components, data, all);
  return all;
}

FieldIndices field_indices(const std::vector<Parameter>& parameters, int components) {
  const auto index = [&](std::string_view name) -> Eigen::Index {
    const auto found = std::ranges::find(parameters, name, &Parameter::name);
    return found == parameters.end() ? -1 : found - parameters.begin();
  };
  FieldIndices at{index("cluster_fraction"), index("field_length"), {}};
  for (int k = 0; k < components; ++k) {
    const auto of = [&](const char* name) { return index(name_of(k, name)); };
    at.gaussians.push_back({of("weight"),
                            {of("pmra"), of("pmdec"), of("sigma_pmra"), of("sigma_pmdec"), of("rho_pm")},
                            of("radial_velocity"),
                            of("sigma_radial_velocity")});
  }
  return at;
}

void check_truth(const std::vector<Parameter>& parameters, const Vector& truth) {
  double shares = 0.0;
  bool shared = false;
  for (Eigen::Index i = 0; i < truth.size(); ++i) {
    const std::string& name = parameters[static_cast<std::size_t>(i)].name;
    const auto require = [&](bool good, const char* expected) {
      if (!good) throw InputError("truth." + name + ": expected " + expected);
    };
    if (name == "cluster_fraction") require(truth[i] >= 0.0 && truth[i] <= 1.0, "a fraction between 0 and 1");
    if (name == "parallax" || name == "field_length") require(truth[i] > 0.0, "a positive number");
    if (name.find("sigma_") != std::string::npos) require(truth[i] >= 0.0, "0 or more");
    if (name.find("rho_") != std::string::npos) require(std::abs(truth[i]) <= 1.0, "a correlation, -1 to 1");
    if (name.ends_with("_weight")) {
      require(truth[i] >= 0.0, "a share of 0 or more");
      shares += truth[i];
      shared = true;
    }
  }
  if (shared && std::abs(shares - 1.0) > 1e-9) {
    throw InputError("truth.field_0_weight: expected shares of the field that sum to 1");
  }
}

std::shared_ptr<const density::Mixture> cluster_and_field(
    std::shared_ptr<const density::Component> cluster,
    const std::vector<std::shared_ptr<const density::Component>>& gaussians, const FieldIndices& at) {
  using density::Mixture;
  std::vector<Mixture::Part> parts;
  for (std::size_t k = 0; k < gaussians.size(); ++k) parts.push_back({"field", gaussians[k], at.gaussians[k].weight});
  return std::make_shared<Mixture>(std::vector<Mixture::Part>{{"cluster", std::move(cluster), at.cluster_fraction},
                                                              {"field", std::make_shared<Mixture>(std::move(parts))}});
}

}  // namespace praesepe::infer::models::field
