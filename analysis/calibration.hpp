// The calibration tables of a gathered file: computed, stored under /calibration, written as CSV.
//
// Tables: coverage (all cells), coverage_by_cell, status. Nothing for real data, which have no truth.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/coverage.hpp"
#include "workflow/store/posterior_file.hpp"
#include "workflow/store/tables.hpp"

namespace praesepe::analysis {

/// Nominal levels of the tables.
inline const std::vector<double> kLevels{0.50, 0.75, 0.90, 0.95};

Recovery read_recovery(const workflow::store::PosteriorFile& file);

struct Calibration {
  std::vector<CoverageRow> coverage;
  std::vector<CoverageRow> by_cell;
  std::vector<std::int64_t> status;  ///< tasks of each status
};
Calibration calibrate(const workflow::store::PosteriorFile& file);

std::vector<workflow::store::Table> tables(const Calibration& calibration);

/// cell,parameter,derived,level,represented,counting,tasks,trials,hits,effective_trials,coverage,jeffreys_low,...
std::string coverage_csv(const std::vector<CoverageRow>& rows);

/// Computes the tables and puts them into the gathered file, replacing older ones. Leaves real data alone.
void write_calibration(const std::filesystem::path& gathered);

}  // namespace praesepe::analysis
