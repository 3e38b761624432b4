#include "workflow/store/posterior_file.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/error.hpp"
#include "workflow/store/packing.hpp"

namespace praesepe::workflow::store {

namespace {

DimensionedFile open_or_explain(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) throw InputError(path.string() + ": there is no such file");
  try {
    return DimensionedFile::open(path);
  } catch (const hdf5::Error& error) {
    throw InputError(fmt::format("{}: cannot be opened as HDF5: it is cut short or of another kind ({})", path.string(),
                                 error.what()));
  }
}

template <class T>
T attribute(const DimensionedFile& file, const std::string& path, const std::string& name, T otherwise) {
  const auto value = file.attribute(path, name);
  if (!value || !std::holds_alternative<T>(*value)) return otherwise;
  return std::get<T>(*value);
}

/// Entry `row` of a variable with one value a simulation.
hdf5::Values entry(const hdf5::Values& column, std::size_t row) {
  return std::visit([row](const auto& v) -> hdf5::Values { return std::decay_t<decltype(v)>{v.at(row)}; }, column);
}

}  // namespace

PosteriorFile::PosteriorFile(const std::filesystem::path& path) : path_(path), file_(open_or_explain(path)) {
  try {
    read_campaign();
    need("/task");
    read_layout();
    read_tasks();
  } catch (const hdf5::Error& error) {
    throw InputError(fmt::format("{}: damaged, or not written by praesepe ({})", path.string(), error.what()));
  } catch (const std::bad_variant_access&) {
    throw InputError(path.string() + ": a variable has another type than praesepe gives it");
  }
}

void PosteriorFile::need(const std::string& group) const {
  if (file_.has(group)) return;
  throw InputError(
      fmt::format("{}: has no group {}, only {}", path_.string(), group, fmt::join(file_.groups("/"), ", ")));
}

void PosteriorFile::read_campaign() {
  const auto text = [&](const char* name) { return attribute<std::string>(file_, "/", name, ""); };
  version_ = text("praesepe_version");
  if (version_.empty())
    throw InputError(path_.string() + ": is an HDF5 file, but not of praesepe (no attribute praesepe_version)");
  const auto schema = attribute<std::int64_t>(file_, "/", "schema_version", 0);
  if (schema != kSchemaVersion)
    throw InputError(fmt::format("{}: has schema version {}, written by praesepe {}; this program reads version {}",
                                 path_.string(), schema, version_, kSchemaVersion));
  campaign_ = {text("campaign"), text("campaign_sha256"), text("campaign_name"), text("study"),
               static_cast<std::uint64_t>(attribute<std::int64_t>(file_, "/", "seed", 0))};
  origin_.created = text("created");
  if (auto runs = text("runs"); !runs.empty()) origin_.runs = std::move(runs);
}

void PosteriorFile::read_layout() {
  const auto named = [&](const std::string& group) {
    std::vector<NamedUnit> result;
    for (const auto& name : file_.variables(group))
      result.push_back({name, attribute<std::string>(file_, group + "/" + name, "units", "")});
    return result;
  };
  const auto length = [&](const char* group, const char* dimension) {
    return static_cast<std::int64_t>(file_.length(group, dimension));
  };
  if (file_.has("/posterior")) {
    for (const auto& [name, unit] : named("/posterior"))
      layout_.quantities.push_back(
          {name, unit, attribute<std::int64_t>(file_, "/posterior/" + name, "derived", 0) != 0});
    layout_.chains = length("/posterior", "chain");
    layout_.draws = length("/posterior", "draw");
  }
  if (file_.has("/sample_stats")) layout_.statistics = file_.variables("/sample_stats");
  layout_.has_truth = file_.has("/truth");
  if (file_.has("/profiles")) {
    layout_.profiles = named("/profiles");
    layout_.radius = std::get<Doubles>(file_.read("/profiles/radius"));
    layout_.quantile = std::get<Doubles>(file_.read("/profiles/quantile"));
  }
  if (file_.has("/observed_data")) {
    layout_.has_catalogue = true;
    layout_.columns = named("/observed_data");
    layout_.has_source_id = file_.has("/observed_data/source_id");
    std::erase_if(layout_.columns, [](const auto& c) { return c.name == "source_id" || c.name == "origin"; });
    layout_.stars = length("/observed_data", "star");
  }
  if (file_.has("/latents")) {
    layout_.latents = named("/latents");
    layout_.samples = length("/latents", "sample");
    layout_.stars = length("/latents", "star");
  }
  if (file_.has("/membership")) {
    layout_.components = std::get<Words>(file_.read("/membership/component"));
    layout_.stars = length("/membership", "star");
  }
}

void PosteriorFile::read_tasks() {
  tasks_.resize(file_.length("/task", kSimulation));
  for (const auto& field : task_fields()) {
    const auto column = file_.read(field.path());
    for (std::size_t row = 0; row < tasks_.size(); ++row) field.unpack(entry(column, row), tasks_[row]);
  }
}

std::size_t PosteriorFile::quantity(std::string_view name) const {
  const auto& all = layout_.quantities;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& q) { return q.name == name; });
  if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
  std::vector<std::string> names;
  for (const auto& quantity : all) names.push_back(quantity.name);
  throw InputError(fmt::format("{}: has no parameter {}, only {}", path_.string(), name, fmt::join(names, ", ")));
}

std::size_t PosteriorFile::row_of(std::int64_t task_id) const {
  const auto found = std::find_if(tasks_.begin(), tasks_.end(), [&](const auto& task) { return task.id == task_id; });
  if (found != tasks_.end()) return static_cast<std::size_t>(found - tasks_.begin());
  throw InputError(fmt::format("{}: has no task {}; its {} tasks are numbered {} to {}", path_.string(), task_id,
                               tasks_.size(), tasks_.front().id, tasks_.back().id));
}

Eigen::MatrixXd PosteriorFile::truth() const {
  Eigen::MatrixXd values =
      nan_matrix({static_cast<Eigen::Index>(tasks_.size()), static_cast<Eigen::Index>(quantities().size())});
  for (Eigen::Index i = 0; layout_.has_truth && i < values.cols(); ++i) {
    const auto column = std::get<Doubles>(file_.read("/truth/" + quantities()[static_cast<std::size_t>(i)].name));
    values.col(i) = Eigen::Map<const Eigen::VectorXd>(column.data(), values.rows());
  }
  return values;
}

Eigen::MatrixXd PosteriorFile::summary(const std::string& column) const {
  need("/summary");
  need("/summary/" + column);
  return from_rows(std::get<Doubles>(file_.read("/summary/" + column)),
                   {static_cast<Eigen::Index>(tasks_.size()), static_cast<Eigen::Index>(quantities().size())});
}

Eigen::MatrixXd PosteriorFile::posterior(std::size_t row, std::size_t quantity) const {
  need("/posterior");
  return from_chains(std::get<Doubles>(file_.read_row("/posterior/" + quantities().at(quantity).name, row)),
                     {layout_.draws, layout_.chains});
}

Eigen::MatrixXd PosteriorFile::sample_statistic(std::size_t row, const std::string& name) const {
  need("/sample_stats");
  need("/sample_stats/" + name);
  const auto values = file_.read_row("/sample_stats/" + name, row);
  const Shape shape{layout_.draws, layout_.chains};
  if (!tasks_.at(row).has_draws()) return nan_matrix(shape);
  return std::visit(
      [&](const auto& v) -> Eigen::MatrixXd {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, Words>) {
          throw InputError(fmt::format("{}: /sample_stats/{} is text", path_.string(), name));
        } else {
          return from_chains(Doubles(v.begin(), v.end()), shape);
        }
      },
      values);
}

Eigen::MatrixXd PosteriorFile::profile(std::size_t row, const std::string& name) const {
  need("/profiles");
  need("/profiles/" + name);
  return from_rows(
      std::get<Doubles>(file_.read_row("/profiles/" + name, row)),
      {static_cast<Eigen::Index>(layout_.radius.size()), static_cast<Eigen::Index>(layout_.quantile.size())});
}

template <class Predicate>
void PosteriorFile::unpack(std::size_t row, TaskResult& result, Predicate&& chosen) const {
  for (const auto& field : fields_of(layout_))
    if (chosen(field.group)) field.unpack(file_.read_row(field.path(), row), result);
}

std::optional<Membership> PosteriorFile::membership(std::size_t row) const {
  TaskResult result = tasks_.at(row);
  unpack(row, result, [](const std::string& group) { return group == "/membership"; });
  return result.membership;
}

TaskResult PosteriorFile::task_result(std::size_t row) const {
  TaskResult result = tasks_.at(row);
  result.quantities = layout_.quantities;
  unpack(row, result, [](const std::string& group) { return group != "/task"; });
  return result;
}

}  // namespace praesepe::workflow::store
