// Whether membership probabilities mean what they say: of stars given probability p, a fraction p are members.
//
// Stars of all tasks with a posterior are sorted into bins of p. Given the data each label is drawn with probability p,
// so that sum (label - p) has mean zero in every bin, for truths from the prior exactly. Stars of one catalogue share
// their parameters and are not independent: z = sum_t S_t / sqrt(sum_t S_t^2), S_t the sum over the stars of task t in
// the bin, takes tasks as the independent draws that they are. The Jeffreys interval is that of independent stars.
#pragma once

#include <string>
#include <vector>

#include "analysis/coverage.hpp"
#include "workflow/store/posterior_file.hpp"

namespace praesepe::analysis {

struct ReliabilityRow {
  std::string component;
  double low, high;  ///< of p; 0 and 1: all stars
  std::int64_t tasks, stars, members;
  double mean_p, share;  ///< NaN without stars
  Interval jeffreys;     ///< of the share
  double z;              ///< NaN for fewer than ten tasks with such stars
  double p_holm;         ///< of z, two-sided, corrected for all bins of all components; NaN where z is
};

/// Ten bins, and all stars, of each component; of two components the first tells all. Empty if the file has no
/// memberships or no true labels.
std::vector<ReliabilityRow> reliability(const workflow::store::PosteriorFile& file);

}  // namespace praesepe::analysis
