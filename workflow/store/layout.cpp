#include "workflow/store/layout.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "sim/error.hpp"

namespace praesepe::workflow::store {

namespace {

constexpr std::array kUsualStatistics{"lp",      "acceptance_rate", "diverging", "tree_depth",
                                      "n_steps", "step_size",       "energy"};

/// The usual statistics in the format's order, then any others by name.
std::vector<std::string> statistics_of(const TaskResult& result) {
  std::vector<std::string> names;
  for (const auto* name : kUsualStatistics)
    if (result.sample_stats.contains(name)) names.emplace_back(name);
  for (const auto& [name, values] : result.sample_stats)
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

std::vector<NamedUnit> pairs(const std::vector<std::string>& names, const std::vector<std::string>& units) {
  std::vector<NamedUnit> result;
  for (std::size_t i = 0; i < names.size(); ++i) result.push_back({names[i], i < units.size() ? units[i] : ""});
  return result;
}

/// Takes over `theirs` if ours is empty; throws unless both then agree or theirs is empty.
template <class T>
void agree(std::vector<T>& ours, const std::vector<T>& theirs, const std::string& where, const char* what) {
  if (ours.empty()) ours = theirs;
  if (!theirs.empty() && !(ours == theirs))
    throw InputError(
        fmt::format("{}: its {} differ from those of the other tasks; tasks of one campaign must agree. "
                    "Was it computed by another version?",
                    where, what));
}

void agree(std::int64_t& ours, std::int64_t theirs, std::int64_t unset, const std::string& where, const char* what) {
  if (ours == unset) ours = theirs;
  if (theirs != unset && ours != theirs)
    throw InputError(fmt::format("{}: it has {} {}, other tasks have {}", where, theirs, what, ours));
}

void unite(std::vector<NamedUnit>& ours, const std::vector<NamedUnit>& theirs, const std::string& where) {
  for (const auto& column : theirs) {
    const auto same = std::find_if(ours.begin(), ours.end(), [&](const auto& c) { return c.name == column.name; });
    if (same == ours.end()) {
      ours.push_back(column);
    } else if (same->unit != column.unit) {
      throw InputError(fmt::format("{}: column {} is in \"{}\", in other tasks in \"{}\"", where, column.name,
                                   column.unit, same->unit));
    }
  }
}

hdf5::Values counted(std::int64_t size) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(size));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

}  // namespace

Layout layout_of(const TaskResult& result) {
  Layout layout;
  layout.quantities = result.quantities;
  if (!result.posterior.empty() && result.posterior.front().size() > 0) {
    layout.chains = result.posterior.front().cols();
    layout.draws = result.posterior.front().rows();
  }
  layout.statistics = statistics_of(result);
  layout.has_truth = !result.truth.empty();
  layout.profiles = pairs(result.profiles.names, result.profiles.units);
  if (!layout.profiles.empty()) {
    layout.radius = result.profiles.radius;
    layout.quantile = result.profiles.quantile;
  }
  if (const auto& catalogue = result.catalogue) {
    layout.has_catalogue = true;
    layout.has_source_id = !catalogue->source_id.empty();
    for (const auto& column : catalogue->columns()) layout.columns.push_back({column.name, column.unit});
  }
  if (const auto& latents = result.latents) {
    layout.latents = pairs(latents->names, latents->units);
    layout.samples = latents->values.empty() ? 0 : latents->values.front().rows();
  }
  if (result.membership) layout.components = result.membership->components;
  if (result.catalogue || result.latents || result.membership) layout.stars = std::max<std::int64_t>(1, result.n_stars);
  return layout;
}

void extend(Layout& layout, const Layout& other, bool other_has_draws, const std::string& where) {
  agree(layout.quantities, other.quantities, where, "quantities");
  agree(layout.profiles, other.profiles, where, "profiles");
  agree(layout.radius, other.radius, where, "profile radii");
  agree(layout.quantile, other.quantile, where, "profile quantiles");
  agree(layout.latents, other.latents, where, "latents");
  agree(layout.components, other.components, where, "components");
  agree(layout.samples, other.samples, 0, where, "latent samples");
  if (other_has_draws) {
    agree(layout.statistics, other.statistics, where, "sample statistics");
    agree(layout.chains, other.chains, 1, where, "chains");
    agree(layout.draws, other.draws, 1, where, "draws a chain");
  }
  layout.has_truth |= other.has_truth;
  layout.has_catalogue |= other.has_catalogue;
  layout.has_source_id |= other.has_source_id;
  unite(layout.columns, other.columns, where);
  layout.stars = std::max(layout.stars, other.stars);
}

std::vector<Group> groups_of(const Layout& layout, const std::vector<std::int64_t>& task_ids) {
  const Dimension simulation{kSimulation, task_ids, ""};
  const Dimension chain{"chain", counted(layout.chains), ""}, draw{"draw", counted(layout.draws), ""};
  const Dimension star{"star", counted(std::max<std::int64_t>(1, layout.stars)), ""};
  std::vector<std::string> parameters;
  for (const auto& quantity : layout.quantities) parameters.push_back(quantity.name);

  std::vector<Group> groups;
  if (!parameters.empty()) groups.push_back({"/posterior", {chain, draw, simulation}});
  if (!layout.statistics.empty()) groups.push_back({"/sample_stats", {chain, draw, simulation}});
  if (!parameters.empty() && layout.has_truth) groups.push_back({"/truth", {simulation}});
  if (!parameters.empty()) groups.push_back({"/summary", {simulation, {"parameter", parameters, ""}}});
  if (!layout.profiles.empty())
    groups.push_back({"/profiles", {simulation, {"radius", layout.radius, "pc"}, {"quantile", layout.quantile, ""}}});
  groups.push_back({"/task", {simulation}});
  if (layout.has_catalogue) groups.push_back({"/observed_data", {simulation, star}});
  if (!layout.latents.empty())
    groups.push_back({"/latents", {{"sample", counted(layout.samples), ""}, simulation, star}});
  if (!layout.components.empty())
    groups.push_back({"/membership", {simulation, star, {"component", layout.components, ""}}});
  return groups;
}

}  // namespace praesepe::workflow::store
