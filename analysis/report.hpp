// The report on a gathered file: a folder with tables (CSV), figures and index.html.
//
// summary.csv, task.csv, coverage.csv, coverage_by_cell.csv, campaign.toml; figures/*.svg, *.pdf; tasks/000012.html.
// The figures and the page are drawn by Python (figures/page.py) with h5py and matplotlib: the interpreter is
// $PRAESEPE_PYTHON, else /usr/bin/python3, else python3 of the PATH.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace praesepe::analysis {

/// Names that `figures` may hold, besides "task:ID".
const std::vector<std::string>& figure_names();

/// Writes the report, replacing an older report in `folder`; nothing half-written is left behind. `gathered` gets its
/// /calibration if it has none and may be written to; otherwise calibration.h5 lies beside the page.
/// figures: empty = all, and the pages of tasks that need a look; names restrict the figures, "task:ID" adds a page.
/// Throws InputError for an unknown figure, or a folder that holds something else; std::runtime_error with Python's
/// message when a figure fails.
void write_report(const std::filesystem::path& gathered, const std::filesystem::path& folder,
                  const std::vector<std::string>& figures = {});

}  // namespace praesepe::analysis
