// What the draws of all chains say about convergence, over all monitored quantities.
#pragma once

#include <string>
#include <vector>

#include "infer/nuts/draws.hpp"
#include "infer/nuts/posterior_sample.hpp"

namespace praesepe::infer::nuts {

struct Assessment {
  double max_r_hat;     ///< +infinity if a quantity is constant, in one chain or in all
  double min_ess_bulk;  ///< 0 in that case
  double min_ess_tail;
  std::string worst;  ///< name of the quantity with the largest R-hat
  long divergences;   ///< transitions, all chains
  double min_e_bfmi;

  /// R-hat within its limit and this share of the effective sizes that are asked for.
  bool is_mixed(const ConvergenceRule& rule, double share = 1.0) const;
  /// The numbers in a sentence, with a warning if E-BFMI is below 0.3.
  std::string text() const;
};

Assessment assess(const std::vector<Draws>& chains, const ConvergenceRule& rule);

}  // namespace praesepe::infer::nuts
