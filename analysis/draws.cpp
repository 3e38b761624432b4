#include "analysis/draws.hpp"

#include <algorithm>

namespace praesepe::analysis {

std::int64_t count_run(const workflow::store::PosteriorFile& file) {
  return std::ranges::count_if(file.tasks(),
                               [](const auto& task) { return task.status != workflow::store::TaskStatus::missing; });
}

std::vector<std::size_t> for_each_task(const workflow::store::PosteriorFile& file,
                                       const std::function<void(const TaskDraws&)>& visit) {
  const auto& layout = file.layout();
  const auto quantities = static_cast<Eigen::Index>(file.quantities().size());
  const Eigen::MatrixXd truth = file.truth();
  TaskDraws draws{0, {}, Eigen::MatrixXd(layout.chains * layout.draws, quantities), {}};
  std::vector<std::size_t> broken;
  for (std::size_t row = 0; row < file.tasks().size(); ++row) {
    const auto& task = file.tasks()[row];
    if (!task.has_draws()) continue;
    for (Eigen::Index q = 0; q < quantities; ++q)
      draws.values.col(q) = file.posterior(row, static_cast<std::size_t>(q)).reshaped();
    if (draws.values.hasNaN()) {
      broken.push_back(row);
      continue;
    }
    draws.row = row;
    draws.key = {file.campaign().seed, static_cast<std::uint64_t>(task.cell),
                 static_cast<std::uint64_t>(task.replicate)};
    draws.truth = truth.row(static_cast<Eigen::Index>(row));
    visit(draws);
  }
  return broken;
}

}  // namespace praesepe::analysis
