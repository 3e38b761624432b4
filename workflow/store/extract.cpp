#include "workflow/store/extract.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/error.hpp"
#include "workflow/store/durable_file.hpp"
#include "workflow/store/posterior_writer.hpp"

namespace praesepe::workflow::store {

namespace {

void add_stacked_groups(DimensionedFile& target, const TaskResult& result, const Attributes& attributes) {
  static const std::set<std::string> kWanted{"/posterior", "/sample_stats", "/observed_data"};
  const auto layout = layout_of(result);
  const auto fields = fields_of(layout);
  for (auto [name, dimensions] : groups_of(layout, {result.id})) {
    if (!kWanted.contains(name)) continue;
    std::erase_if(dimensions, [](const auto& dimension) { return dimension.name == kSimulation; });
    target.add_group(name, dimensions);
    target.set_attributes(name, attributes);
    for (auto field : fields) {
      if (field.group != name) continue;
      std::erase(field.variable.dimensions, kSimulation);
      target.add_variable(name, field.variable);
      target.write(field.path(), field.pack(result));
    }
  }
}

void add_truth(DimensionedFile& target, const TaskResult& result, const Attributes& attributes) {
  if (result.truth.empty()) return;
  target.add_group("/constant_data", {});
  target.set_attributes("/constant_data", attributes);
  for (std::size_t i = 0; i < result.truth.size(); ++i) {
    if (std::isnan(result.truth[i])) continue;
    const auto& quantity = result.quantities[i];
    target.add_variable("/constant_data", {quantity.name, hdf5::Type::float64, {}, {{"units", quantity.unit}}});
    target.write("/constant_data/" + quantity.name, std::vector<double>{result.truth[i]});
  }
}

}  // namespace

void extract(const PosteriorFile& file, std::int64_t task, const std::filesystem::path& output) {
  const auto row = file.row_of(task);
  const auto& outcome = file.tasks()[row];
  if (!outcome.has_draws())
    throw InputError(fmt::format("{}: task {} has no draws (status {}: {})", file.path().string(), task,
                                 static_cast<int>(outcome.status), outcome.message));
  const auto result = file.task_result(row);
  auto attributes = root_attributes(file.campaign(), file.origin());
  attributes.insert(attributes.end(), {{"task", result.id},
                                       {"cell", result.cell},
                                       {"replicate", result.replicate},
                                       {"task_seed", result.seed},
                                       {"status", static_cast<std::int64_t>(result.status)},
                                       {"message", result.message},
                                       {"thin", result.thin},
                                       {"sampling_time", result.wall_time}});
  TemporaryFile temporary(output);
  auto target = DimensionedFile::create(temporary.path());
  target.set_attributes("/", attributes);
  std::erase_if(attributes, [](const auto& attribute) { return attribute.first == "campaign"; });
  add_stacked_groups(target, result, attributes);
  add_truth(target, result, attributes);
  target.close();
  temporary.publish_over();
}

}  // namespace praesepe::workflow::store
