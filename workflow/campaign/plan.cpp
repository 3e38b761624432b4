#include "workflow/campaign/plan.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "sim/error.hpp"
#include "workflow/csv_text.hpp"

namespace praesepe::workflow::campaign {

using infer::density::ParameterSpace;
using infer::models::Vector;

namespace {

constexpr std::string_view kObserve = "observe.";

/// One value an axis, in the order of the axes.
using Cell = std::vector<Setting>;

bool is_excluded(const Campaign& campaign, const Cell& cell) {
  return std::ranges::any_of(campaign.exclude, [&](const auto& row) {
    return std::ranges::all_of(row, [&](const auto& item) {
      const auto axis = std::ranges::find(campaign.grid, item.first, &Axis::key);
      return cell[static_cast<std::size_t>(axis - campaign.grid.begin())] == item.second;
    });
  });
}

/// The cartesian product without what is excluded, last axis fastest.
std::vector<Cell> cells(const Campaign& campaign) {
  std::vector<Cell> cells{{}};
  for (const Axis& axis : campaign.grid) {
    std::vector<Cell> longer;
    for (const Cell& cell : cells) {
      for (const Setting& value : axis.values) {
        longer.push_back(cell);
        longer.back().push_back(value);
      }
    }
    cells = std::move(longer);
  }
  std::erase_if(cells, [&campaign](const Cell& cell) { return is_excluded(campaign, cell); });
  if (cells.empty()) throw InputError(campaign.origin + ": grid.exclude: excludes every cell of the grid");
  return cells;
}

Vector grid_truth(const Campaign& campaign, const Cell& cell) {
  const auto& parameters = campaign.study->parameters();
  Vector truth(static_cast<Eigen::Index>(parameters.size()));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto fixed = campaign.truth.find(parameters[i].name);
    if (fixed != campaign.truth.end()) truth[static_cast<Eigen::Index>(i)] = fixed->second;
  }
  for (std::size_t a = 0; a < cell.size(); ++a) {
    if (campaign.grid[a].key.starts_with(kObserve)) continue;
    const ParameterName parameter = find_parameter(*campaign.study, campaign.grid[a].key);
    const double value = std::get<double>(cell[a]);
    truth[static_cast<Eigen::Index>(parameter.index)] = parameter.convert ? parameter.convert(value) : value;
  }
  return truth;
}

Observation cell_observation(const Campaign& campaign, const Cell& cell) {
  Observation observation = campaign.observe;
  for (std::size_t a = 0; a < cell.size(); ++a) {
    const std::string& key = campaign.grid[a].key;
    if (key.starts_with(kObserve)) observation[key.substr(kObserve.size())] = cell[a];
  }
  return observation;
}

/// The priors as the distribution of truths; they hold no name but bounds of the study.
ParameterSpace truth_space(const Campaign& campaign) {
  std::vector<std::string> names;
  for (const auto& parameter : campaign.study->parameters()) names.push_back(parameter.name);
  try {
    return {names, campaign.priors, campaign.study->bounds()};
  } catch (const InputError& error) {
    rethrow_with_place(campaign, error.what());
  }
}

/// A truth whose components are not in the order in which labels are given is compared with nothing.
void check_labels(const Campaign& campaign, const infer::models::Vector& truth) {
  std::vector<std::string> names;
  for (const auto& parameter : campaign.study->parameters()) names.push_back(parameter.name);
  const infer::density::Labels labels(names, campaign.priors);
  const auto* unordered = labels.out_of_order(truth);
  if (!unordered) return;
  throw InputError("truth." + names[unordered->front()] + ": expected values that ascend from this to " +
                   names[unordered->back()]);
}

void check(const Campaign& campaign, const Task& task) {
  try {
    check_labels(campaign, task.truth);
    campaign.study->check(task.truth, task.observation);
  } catch (const InputError& error) {
    rethrow_with_place(campaign, fmt::format("{} (task {})", error.what(), task.id));
  }
}

std::vector<Task> plan_simulations(const Campaign& campaign) {
  std::vector<Task> tasks;
  std::optional<ParameterSpace> space;
  if (campaign.design == Design::prior) space = truth_space(campaign);
  std::int64_t number = 0;
  for (const Cell& cell : cells(campaign)) {
    for (std::int64_t replicate = 0; replicate < campaign.replicates; ++replicate) {
      Task task;
      task.id = number * campaign.replicates + replicate;
      task.cell = number;
      task.replicate = replicate;
      const auto repetition = static_cast<std::uint64_t>(replicate);
      task.key = {campaign.seed, static_cast<std::uint64_t>(number), repetition};
      task.simulation_key =
          campaign.common_random_numbers ? sim::random::StreamKey{campaign.seed, 0, repetition} : task.key;
      task.observation = cell_observation(campaign, cell);
      if (space) {
        sim::random::Stream stream(task.simulation_key, sim::random::Purpose::truth);
        task.truth = space->sample(stream);
      } else {
        task.truth = grid_truth(campaign, cell);
      }
      check(campaign, task);
      task.expected_seconds = campaign.study->expected_seconds(task.observation);
      tasks.push_back(std::move(task));
    }
    ++number;
  }
  return tasks;
}

std::vector<Task> plan_catalogues(const Campaign& campaign) {
  std::vector<Task> tasks;
  for (const auto& file : campaign.catalogues) {
    Task task;
    task.id = task.cell = static_cast<std::int64_t>(tasks.size());
    task.key = task.simulation_key = {campaign.seed, static_cast<std::uint64_t>(task.cell), 0};
    task.observation = campaign.observe;
    task.catalogue = file;
    task.expected_seconds = campaign.study->expected_seconds(task.observation);
    tasks.push_back(std::move(task));
  }
  return tasks;
}

std::string csv_text(const Setting& setting) {
  if (const double* number = std::get_if<double>(&setting)) return number_text(*number);
  return workflow::csv_text(
      std::get<std::string>(setting));  // a string makes a Setting: unqualified, this calls itself
}

}  // namespace

std::vector<Task> plan(const Campaign& campaign) {
  return campaign.design == Design::data ? plan_catalogues(campaign) : plan_simulations(campaign);
}

void write_plan(std::ostream& out, const Campaign& campaign, const std::vector<Task>& tasks) {
  const bool real = campaign.design == Design::data;
  std::vector<std::string> varying;
  for (const Axis& axis : campaign.grid) {
    if (axis.key.starts_with(kObserve)) varying.push_back(axis.key.substr(kObserve.size()));
  }
  out << "task,cell,replicate,seed";
  for (const auto& parameter : campaign.study->parameters()) out << (real ? "" : "," + parameter.name);
  for (const std::string& key : varying) out << "," << kObserve << key;
  out << (real ? ",catalogue\n" : "\n");
  for (const Task& task : tasks) {
    fmt::print(out, "{},{},{},{}", task.id, task.cell, task.replicate, sim::random::task_seed(task.key));
    for (const double value : task.truth) out << "," << number_text(value);
    for (const std::string& key : varying) out << "," << csv_text(task.observation.at(key));
    out << (real ? "," + csv_text(task.catalogue.string()) : "") << "\n";
  }
}

}  // namespace praesepe::workflow::campaign
