#include "workflow/store/task_fields.hpp"

#include "workflow/store/packing.hpp"
#include "workflow/store/star_fields.hpp"

namespace praesepe::workflow::store {

using Eigen::Index;
using Eigen::MatrixXd;
using infer::diagnostics::Summary;
const std::array<SummaryColumn, 11> kSummaryColumns{{{"mean", &Summary::mean},
                                                     {"sd", &Summary::sd},
                                                     {"q2_5", &Summary::q2_5},
                                                     {"q25", &Summary::q25},
                                                     {"median", &Summary::median},
                                                     {"q75", &Summary::q75},
                                                     {"q97_5", &Summary::q97_5},
                                                     {"mcse_mean", &Summary::mcse_mean},
                                                     {"ess_bulk", &Summary::ess_bulk},
                                                     {"ess_tail", &Summary::ess_tail},
                                                     {"r_hat", &Summary::r_hat}}};

namespace {

constexpr Summary kNoSummary{kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN};
/// A statistic of a task's draws, or NaN if it has none.
Doubles statistic_of(const TaskResult& result, const std::string& name, Shape shape) {
  return by_chains(result.has_draws() ? result.sample_stats.at(name) : nan_matrix(shape), shape);
}

/// Entry i, or NaN.
double entry(const Doubles& values, std::size_t i) { return i < values.size() ? values[i] : kNaN; }

Field integer(const char* name, std::int64_t TaskResult::*member) {
  return {"/task",
          {name, hdf5::Type::int64, {kSimulation}, {}},
          [member](const TaskResult& r) { return Integers{r.*member}; },
          [member](const hdf5::Values& v, TaskResult& r) { r.*member = std::get<Integers>(v).at(0); }};
}

Field seconds(const char* name, double TaskResult::*member) {
  return {"/task",
          {name, hdf5::Type::float64, {kSimulation}, units("s")},
          [member](const TaskResult& r) { return Doubles{r.*member}; },
          [member](const hdf5::Values& v, TaskResult& r) { r.*member = std::get<Doubles>(v).at(0); }};
}

Field word(const char* name, std::string TaskResult::*member) {
  return {"/task",
          {name, hdf5::Type::text, {kSimulation}, {}},
          [member](const TaskResult& r) { return Words{r.*member}; },
          [member](const hdf5::Values& v, TaskResult& r) { r.*member = std::get<Words>(v).at(0); }};
}

Field status() {
  return {"/task",
          {"status",
           hdf5::Type::int8,
           {kSimulation},
           {{"meanings", "0 converged, 1 finished but not converged, 2 failed, 3 crashed or timed out, 4 missing"}}},
          [](const TaskResult& r) { return Flags{static_cast<std::int8_t>(r.status)}; },
          [](const hdf5::Values& v, TaskResult& r) { r.status = static_cast<TaskStatus>(std::get<Flags>(v).at(0)); }};
}

void add_posterior(const Layout& layout, std::vector<Field>& fields) {
  const Shape shape{layout.draws, layout.chains};
  for (std::size_t i = 0; i < layout.quantities.size(); ++i) {
    const auto& quantity = layout.quantities[i];
    Attributes attributes{{"units", quantity.unit}};
    if (quantity.derived) attributes.emplace_back("derived", std::int64_t{1});
    fields.push_back({"/posterior",
                      {quantity.name, hdf5::Type::float64, {"chain", "draw", kSimulation}, attributes},
                      [i, shape](const TaskResult& r) {
                        return by_chains(r.has_draws() ? r.posterior.at(i) : nan_matrix(shape), shape);
                      },
                      [shape](const hdf5::Values& v, TaskResult& r) {
                        r.posterior.push_back(from_chains(std::get<Doubles>(v), shape));
                      }});
  }
}

/// Flags and counts are integers in the file; where there are no draws they are 0 and -1.
template <class Integer>
Field integer_statistic(const std::string& name, hdf5::Type type, Shape shape, Integer absent, Attributes attributes) {
  return {
      "/sample_stats",
      {name, type, {"chain", "draw", kSimulation}, std::move(attributes)},
      [name, shape, absent](const TaskResult& r) {
        std::vector<Integer> values;
        for (const double x : statistic_of(r, name, shape)) values.push_back(x == x ? static_cast<Integer>(x) : absent);
        return values;
      },
      [name, shape](const hdf5::Values& v, TaskResult& r) {
        const auto& values = std::get<std::vector<Integer>>(v);
        r.sample_stats[name] = r.has_draws() ? from_chains({values.begin(), values.end()}, shape) : nan_matrix(shape);
      }};
}

Field statistic(const std::string& name, Shape shape) {
  // xarray turns int8 with this attribute into its bool; an HDF5 enumeration would vanish from netCDF4.
  if (name == "diverging") return integer_statistic<std::int8_t>(name, hdf5::Type::int8, shape, 0, {{"dtype", "bool"}});
  if (name == "tree_depth" || name == "n_steps")
    return integer_statistic<std::int64_t>(name, hdf5::Type::int64, shape, -1, {});
  return {"/sample_stats",
          {name, hdf5::Type::float64, {"chain", "draw", kSimulation}, {}},
          [name, shape](const TaskResult& r) { return statistic_of(r, name, shape); },
          [name, shape](const hdf5::Values& v, TaskResult& r) {
            r.sample_stats[name] = from_chains(std::get<Doubles>(v), shape);
          }};
}

void add_truth(const Layout& layout, std::vector<Field>& fields) {
  for (std::size_t i = 0; layout.has_truth && i < layout.quantities.size(); ++i)
    fields.push_back(
        {"/truth",
         {layout.quantities[i].name, hdf5::Type::float64, {kSimulation}, {{"units", layout.quantities[i].unit}}},
         [i](const TaskResult& r) { return Doubles{entry(r.truth, i)}; },
         [](const hdf5::Values& v, TaskResult& r) { r.truth.push_back(std::get<Doubles>(v).at(0)); }});
}

void add_summary(const Layout& layout, std::vector<Field>& fields) {
  const std::size_t size = layout.quantities.size();
  if (size == 0) return;
  const auto variable = [](const char* name) {
    return Variable{name, hdf5::Type::float64, {kSimulation, "parameter"}, {}};
  };
  for (const auto& [name, column] : kSummaryColumns)
    fields.push_back({"/summary", variable(name),
                      [size, member = column](const TaskResult& r) {
                        Doubles values(size, kNaN);
                        for (std::size_t i = 0; r.has_draws() && i < size; ++i) values[i] = r.summary.at(i).*member;
                        return values;
                      },
                      [size, member = column](const hdf5::Values& v, TaskResult& r) {
                        r.summary.resize(size, kNoSummary);
                        for (std::size_t i = 0; i < size; ++i) r.summary[i].*member = std::get<Doubles>(v).at(i);
                      }});
  fields.push_back({"/summary", variable("rank"),
                    [size](const TaskResult& r) {
                      Doubles values(size, kNaN);
                      for (std::size_t i = 0; r.has_draws() && i < size; ++i) values[i] = entry(r.rank, i);
                      return values;
                    },
                    [](const hdf5::Values& v, TaskResult& r) { r.rank = std::get<Doubles>(v); }});
}

void add_profiles(const Layout& layout, std::vector<Field>& fields) {
  const Shape shape{static_cast<Index>(layout.radius.size()), static_cast<Index>(layout.quantile.size())};
  for (std::size_t i = 0; i < layout.profiles.size(); ++i)
    fields.push_back({"/profiles",
                      {layout.profiles[i].name,
                       hdf5::Type::float64,
                       {kSimulation, "radius", "quantile"},
                       units(layout.profiles[i].unit)},
                      [i, shape](const TaskResult& r) {
                        return by_rows(r.has_draws() ? r.profiles.bands.at(i) : nan_matrix(shape), shape);
                      },
                      [shape, named = layout.profiles[i], radius = layout.radius, quantile = layout.quantile](
                          const hdf5::Values& v, TaskResult& r) {
                        r.profiles.radius = radius;
                        r.profiles.quantile = quantile;
                        r.profiles.names.push_back(named.name);
                        r.profiles.units.push_back(named.unit);
                        r.profiles.bands.push_back(from_rows(std::get<Doubles>(v), shape));
                      }});
}

}  // namespace

std::vector<Field> task_fields() {
  return {integer("id", &TaskResult::id),
          integer("cell", &TaskResult::cell),
          integer("replicate", &TaskResult::replicate),
          integer("seed", &TaskResult::seed),
          status(),
          word("message", &TaskResult::message),
          integer("attempts", &TaskResult::attempts),
          integer("thin", &TaskResult::thin),
          word("ladder", &TaskResult::ladder),
          seconds("wall_time", &TaskResult::wall_time),
          seconds("cpu_time", &TaskResult::cpu_time),
          integer("n_log_density", &TaskResult::n_log_density),
          integer("n_stars", &TaskResult::n_stars),
          word("host", &TaskResult::host),
          word("instruction_set", &TaskResult::instruction_set)};
}

std::vector<Field> fields_of(const Layout& layout) {
  auto fields = task_fields();
  add_posterior(layout, fields);
  const Shape shape{layout.draws, layout.chains};
  for (const auto& name : layout.statistics) fields.push_back(statistic(name, shape));
  add_truth(layout, fields);
  add_summary(layout, fields);
  add_profiles(layout, fields);
  add_star_fields(layout, fields);
  return fields;
}

}  // namespace praesepe::workflow::store
