// The calibration of a gathered file: all that is computed of it, as tables stored under /calibration and as CSV.
//
//   coverage, coverage_by_cell   rates at a few levels, failures counted in three ways        (truths of any design)
//   coverage_curve               rates at every level from 1 to 99 %, three kinds of interval  (truths of any design)
//   profile_coverage             rates of bands of posterior functions, by radius             (truths of any design)
//   reliability                  memberships of mixtures against true labels                 (truths of any design)
//   scores                       z-score and contraction of each task and parameter           (truths of any design)
//   ranks                        rank of the truth among L draws, by task and quantity        (truths from the prior)
//   uniformity, ecdf             whether ranks are uniform: verdicts, and what is plotted     (truths from the prior)
//   averaged_posterior           mean posterior beside the prior                              (truths from the prior)
//   broken                       tasks with draws that are NaN: they count as if they had none
//   status                       tasks by outcome
//
// At fixed truths, as on a grid, ranks need not be uniform even if every posterior is exact: such files have no table
// that claims it. Nothing but `status` for real data, which have no truth.
#pragma once

#include <string>
#include <vector>

#include "analysis/coverage.hpp"
#include "workflow/store/posterior_file.hpp"
#include "workflow/store/tables.hpp"

namespace praesepe::analysis {

/// Nominal levels of `coverage` and `coverage_by_cell`.
inline const std::vector<double> kLevels{0.50, 0.75, 0.90, 0.95};

Recovery read_recovery(const workflow::store::PosteriorFile& file);

/// Tables without rows are left out.
std::vector<workflow::store::Table> calibrate(const workflow::store::PosteriorFile& file);

/// A line of names, then the rows; text with a comma or a quote in quotes.
std::string csv(const workflow::store::Table& table);

}  // namespace praesepe::analysis
