// The draws of a gathered file, one task after the other: all that is computed from draws is computed in one pass.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <vector>

#include "sim/random/stream.hpp"
#include "workflow/store/posterior_file.hpp"

namespace praesepe::analysis {

struct TaskDraws {
  std::size_t row;             ///< in the file
  sim::random::StreamKey key;  ///< of the task's own random streams
  Eigen::MatrixXd values;      ///< (S, Q) all stored draws, chain after chain
  Eigen::VectorXd truth;       ///< (Q)
};

/// Tasks that have run: those that are missing do not count in any rate.
std::int64_t count_run(const workflow::store::PosteriorFile& file);

/// Visits the tasks that have a posterior. Those with a draw that is NaN are left out, and their rows returned.
std::vector<std::size_t> for_each_task(const workflow::store::PosteriorFile& file,
                                       const std::function<void(const TaskDraws&)>& visit);

}  // namespace praesepe::analysis
