// A campaign of simulation-based calibration whose posteriors are known exactly, so that faults can be put in by hand.
//
//   theta_j ~ normal(m_j, s_j^2), j = 1 ... D          y ~ normal(A theta, sigma^2 I), 3 D measurements
//   posterior: normal(mu, V),  V^-1 = diag(s^-2) + A'A / sigma^2,  mu = V (m / s^2 + A'y / sigma^2 + t)
//
// A couples neighbours, so that the posterior is correlated; it tells much of theta_1 and less and less of the others:
// of the last, the posterior is 0.85 times as wide as the prior. Draws are independent, taken from the posterior
// itself. What a file holds beside them, log likelihood and log density at draws and truth, is that of the model which
// the sampler believes in, as workflow/run_task.cpp stores it. The tilt t is zero but for a fault.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/ranks.hpp"
#include "analysis/uniformity.hpp"

namespace praesepe::tests {

/// What is wrong with the sampler of a campaign.
enum class Fault {
  none,
  half_errors,          ///< believes in sigma / 2
  no_jacobian,          ///< likelihood without the factor R^4 of one star, ln R the second parameter: t = -4
  no_prior,             ///< prior of the last parameter ignored
  stuck_chain,          ///< one chain of four sits in a mode of its own, 4 sd away in the first parameter
  prior_for_posterior,  ///< draws from the prior: a sampler that never asks the likelihood
  constant_likelihood,  ///< the same, because the likelihood is a constant
  biased_parameter,     ///< the first parameter 0.3 posterior sd too large, all others right
  biased_parameters     ///< every parameter 0.3 posterior sd too large
};
const char* name_of(Fault fault);

struct SurrogateCampaign {
  Eigen::Index dimension = 5;
  std::int64_t tasks = 256;
  Fault fault = Fault::none;
  std::uint64_t seed = 1;
};

/// The verdicts on a campaign: quantities of the family and the others, all tasks counted.
std::vector<analysis::UniformityRow> verdicts(const SurrogateCampaign& campaign);

/// Whether the family rejects the campaign at 5 %.
bool is_rejected(const SurrogateCampaign& campaign);

}  // namespace praesepe::tests
