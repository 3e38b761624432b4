// What the draws of all chains say about convergence, over all coordinates.
#pragma once

#include <string>
#include <vector>

#include "infer/nuts/draws.hpp"
#include "infer/nuts/posterior_sample.hpp"

namespace praesepe::infer::nuts {

struct Assessment {
  double max_r_hat;     ///< +infinity if a chain or coordinate is constant
  double min_ess_bulk;  ///< 0 in that case
  double min_ess_tail;
  Eigen::Index worst;  ///< coordinate of the largest R-hat
  long divergences;    ///< transitions, all chains
  double min_e_bfmi;

  bool is_mixed(const ConvergenceRule& rule) const;
  /// No divergence is accepted: one that stays after the steps were shortened marks a place that the chains do not
  /// enter.
  bool is_converged(const ConvergenceRule& rule) const { return is_mixed(rule) && divergences == 0; }
  /// The numbers in a sentence, with a warning if E-BFMI is below 0.3.
  std::string text() const;
};

Assessment assess(const std::vector<Draws>& chains);

}  // namespace praesepe::infer::nuts
