// What the priors of a campaign say before any data: a sample of the sampled parameters, and its moments.
#pragma once

#include <Eigen/Core>
#include <optional>

#include "workflow/campaign/campaign.hpp"
#include "workflow/store/posterior_file.hpp"

namespace praesepe::analysis {

struct PriorSample {
  bool from_prior = false;   ///< the truths were drawn from these priors (design = "prior")
  Eigen::MatrixXd values;    ///< (n, D); NaN where the prior looks at the data
  Eigen::VectorXd mean, sd;  ///< (D)
};

PriorSample prior_sample(const workflow::campaign::Campaign& campaign);
/// Nothing if the file's campaign cannot be read here (another version, a study that is not known).
std::optional<PriorSample> prior_sample(const workflow::store::PosteriorFile& file);

}  // namespace praesepe::analysis
