// The parameters of association models, with their default priors and the truths of simulations.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "infer/models/association/model.hpp"
#include "sim/mixture/partial_correlations.hpp"

namespace praesepe::infer::models::association {

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

std::vector<Parameter> group_parameters(const Model& model, int k) {
  std::vector<Parameter> all;
  const auto add = [&](const char* name, const char* unit, std::string description, const char* prior,
                       const char* truth_prior, std::optional<double> truth) {
    all.push_back({fmt::format("group_{}_{}", k, name), unit, std::move(description), prior, truth_prior, truth});
  };
  if (model.groups > 1) {
    add("weight", "", "share of the groups' stars", "dirichlet(1)", "dirichlet(1)", 1.0 / model.groups);
  }
  for (std::size_t axis = 0; axis < kAxes.size(); ++axis) {
    const bool position = axis < kPositions;
    // groups of a simulation lie apart from each other, if nothing else is said
    add(kAxes[axis], unit_of(axis), "mean " + mean_of(axis), position ? "normal(0, 200)" : "normal(0, 30)",
        position ? "normal(0, 60)" : "normal(0, 10)", position ? 40.0 * k : 5.0 * k);
  }
  const auto add_sd = [&](const char* name, bool position, const char* description) {
    // where there is no field, a group may have to take its place
    const char* positions = model.has_field ? "log_uniform(0.5, 200)" : "log_uniform(0.5, 2000)";
    const char* velocities = model.has_field ? "log_uniform(0.05, 30)" : "log_uniform(0.05, 200)";
    add(name, position ? "pc" : "km/s", description, position ? positions : velocities,
        position ? "log_uniform(2, 30)" : "log_uniform(0.5, 3)", position ? 10.0 : 1.0);
  };
  if (model.births == Births::sphere) {
    add_sd("dxyz", true, "standard deviation of positions at birth along each axis");
    add_sd("duvw", false, "standard deviation of velocities at birth along each axis");
  } else {
    for (std::size_t axis = 0; axis < kAxes.size(); ++axis) {
      add_sd((std::string("sigma_") + kAxes[axis]).c_str(), axis < kPositions, "standard deviation at birth");
    }
  }
  if (model.births == Births::free) {
    for (const auto& [name, prior] : partials()) {
      add(name.c_str(), "", "partial correlation at birth, given the axes before both", prior.c_str(), prior.c_str(),
          0.0);
    }
  }
  add("age", "Myr", "age", model.groups > 1 ? "ascending(uniform(0, 200))" : "uniform(0, 200)",
      model.groups > 1 ? "ascending(uniform(5, 100))" : "uniform(5, 100)", 20.0 + 10.0 * k);
  return all;
}

/// The spread in u tells the Gaussians of a field apart: it is what differs most between thin and thick disc.
std::vector<Parameter> field_parameters(const Model& model, int k) {
  std::vector<Parameter> all;
  const auto add = [&](const std::string& name, const char* unit, std::string description, std::string prior,
                       std::string truth_prior, double truth) {
    all.push_back(
        {field_name(model, k, name), unit, std::move(description), std::move(prior), std::move(truth_prior), truth});
  };
  if (model.fields > 1) {
    add("weight", "", "share of the field", "dirichlet(1)", "dirichlet(1)", 1.0 / model.fields);
  }
  for (std::size_t axis = 0; axis < kAxes.size(); ++axis) {
    const bool position = axis < kPositions;
    add(kAxes[axis], unit_of(axis), "mean of the field, " + mean_of(axis),
        position ? "normal(0, 200)" : "normal(0, 50)", position ? "normal(0, 20)" : "normal(0, 10)", 0.0);
  }
  for (std::size_t axis = 0; axis < kAxes.size(); ++axis) {
    const bool position = axis < kPositions;
    const bool ordered = axis == kPositions && model.fields > 1;
    const auto law = [&](const char* prior) { return ordered ? fmt::format("ascending({})", prior) : prior; };
    add(std::string("sigma_") + kAxes[axis], unit_of(axis), "standard deviation of the field",
        law(position ? "log_uniform(5, 2000)" : "log_uniform(1, 200)"),
        law(position ? "log_uniform(50, 120)" : "log_uniform(8, 40)"), position ? 80.0 : 20.0 * (k + 1));
  }
  if (!model.correlated_field) return all;
  for (const auto& [name, prior] : partials()) {
    add(name, "", "partial correlation of the field, given the axes before both", prior, prior, 0.0);
  }
  return all;
}

}  // namespace

std::string field_name(const Model& model, int k, const std::string& name) {
  return model.fields > 1 ? fmt::format("field_{}_{}", k, name) : "field_" + name;
}

std::vector<Parameter> parameters_of(const Model& model) {
  std::vector<Parameter> all;
  if (model.has_field) {
    all.push_back({"group_fraction", "", "fraction of the stars that belong to a group", "uniform(0, 1)",
                   "uniform(0.2, 0.8)", 0.5});
  }
  for (int k = 0; k < model.groups; ++k) std::ranges::move(group_parameters(model, k), std::back_inserter(all));
  for (int k = 0; model.has_gaussian_field() && k < model.fields; ++k) {
    std::ranges::move(field_parameters(model, k), std::back_inserter(all));
  }
  return all;
}

std::vector<DerivedQuantity> derived_of(const Model& model) {
  std::vector<DerivedQuantity> all;
  for (int k = 0; k < model.groups; ++k) {
    for (std::size_t axis = 0; axis < kAxes.size(); ++axis) {
      all.push_back(
          {fmt::format("group_{}_birth_{}", k, kAxes[axis]), unit_of(axis), "mean at birth, " + mean_of(axis)});
    }
  }
  return all;
}

density::Vector derive(const Model& model, const density::Vector& theta) {
  density::Vector births(6 * model.groups);
  for (int k = 0; k < model.groups; ++k) {
    const auto at = model.group(k);
    births.segment<6>(6 * k) = model.orbit.trace(theta.segment<6>(at.mean), -theta[at.age]);
  }
  return births;
}

}  // namespace praesepe::infer::models::association
