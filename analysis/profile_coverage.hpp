// How often bands of posterior functions - rho(r), v2(r), M(<r), Sigma(R) - hold the true function, radius by radius.
//
// Pointwise: a band that holds the truth at 95 % of the radii need not hold it at all of them. Outside the cluster
// truth and band are zero, which counts as held, so coverage rises above nominal there. A task without a posterior
// misses.
#pragma once

#include <string>
#include <vector>

#include "analysis/coverage.hpp"
#include "workflow/store/posterior_file.hpp"

namespace praesepe::analysis {

struct ProfileRow {
  std::string function;
  double radius;  ///< pc
  double level;
  std::int64_t tasks, hits;
  double coverage;
  Interval jeffreys;
};

/// Empty if the file has no profiles or its campaign cannot be read here.
std::vector<ProfileRow> profile_coverage(const workflow::store::PosteriorFile& file);

}  // namespace praesepe::analysis
