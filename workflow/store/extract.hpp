// One task as an ArviZ InferenceData file (netCDF-4): posterior and sample_stats along (chain, draw), observed_data
// along star if the catalogue was stored, constant_data with the truth of each parameter.
#pragma once

#include <cstdint>
#include <filesystem>

#include "workflow/store/posterior_file.hpp"

namespace praesepe::workflow::store {

/// Throws InputError if the file has no such task, or the task no draws (with its message).
void extract(const PosteriorFile& file, std::int64_t task, const std::filesystem::path& output);

}  // namespace praesepe::workflow::store
