// The tasks of a campaign: every cell of the grid, every replicate, with its truth and its random streams.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <ostream>
#include <vector>

#include "infer/models/study.hpp"
#include "sim/random/stream.hpp"
#include "workflow/campaign/campaign.hpp"

namespace praesepe::workflow::campaign {

struct Task {
  std::int64_t id = 0;    ///< cell * replicates + replicate
  std::int64_t cell = 0;  ///< place on the grid, or number of the catalogue
  std::int64_t replicate = 0;
  sim::random::StreamKey key;             ///< of what infers, and of the task's name in tables
  sim::random::StreamKey simulation_key;  ///< of what simulates: the same in all cells with common random numbers
  infer::models::Vector truth;            ///< (P); empty for a real catalogue
  Observation observation;
  std::filesystem::path catalogue;  ///< empty unless real
  double expected_seconds = 0.0;    ///< CPU time, the study's guess
};

/// All tasks, by id. Throws InputError, naming file and key, where the study cannot simulate one of them.
std::vector<Task> plan(const Campaign& campaign);

/// One line a task: task, cell, replicate, seed, true parameters, the keys of [observe] that vary; for real data the
/// catalogue.
void write_plan(std::ostream& out, const Campaign& campaign, const std::vector<Task>& tasks);

}  // namespace praesepe::workflow::campaign
