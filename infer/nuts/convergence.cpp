#include "infer/nuts/convergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "infer/diagnostics/summary.hpp"

namespace praesepe::infer::nuts {

namespace {

constexpr double kLowEnergyMixing = 0.3;

/// Every monitored quantity of all chains, (draws, chains) each.
std::vector<Matrix> monitored(const std::vector<Draws>& chains, const ConvergenceRule& rule) {
  std::vector<Matrix> quantities;
  for (Eigen::Index c = 0; c < static_cast<Eigen::Index>(chains.size()); ++c) {
    const Matrix& position = chains[static_cast<std::size_t>(c)].position;
    for (Eigen::Index row = 0; row < position.rows(); ++row) {
      const Vector q = position.row(row);
      const Vector x = rule.monitored ? rule.monitored(q) : q;
      quantities.resize(static_cast<std::size_t>(x.size()),
                        Matrix(position.rows(), static_cast<Eigen::Index>(chains.size())));
      for (Eigen::Index k = 0; k < x.size(); ++k) quantities[static_cast<std::size_t>(k)](row, c) = x[k];
    }
  }
  return quantities;
}

}  // namespace

bool Assessment::is_mixed(const ConvergenceRule& rule, double share) const {
  return max_r_hat < rule.max_r_hat && std::min(min_ess_bulk, min_ess_tail) >= share * rule.min_ess;
}

std::string Assessment::text() const {
  std::string text = fmt::format("R-hat {:.4f} ({}), ESS bulk {:.0f}, tail {:.0f}, {} divergences", max_r_hat, worst,
                                 min_ess_bulk, min_ess_tail, divergences);
  if (min_e_bfmi < kLowEnergyMixing) text += fmt::format("; energies mix slowly, E-BFMI {:.2f}", min_e_bfmi);
  return text;
}

Assessment assess(const std::vector<Draws>& chains, const ConvergenceRule& rule) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Assessment a{0.0, kInfinity, kInfinity, "", 0, kInfinity};
  const std::vector<Matrix> quantities = monitored(chains, rule);
  for (std::size_t k = 0; k < quantities.size(); ++k) {
    const Matrix& x = quantities[k];
    const double r_hat = diagnostics::r_hat(x), bulk = diagnostics::ess_bulk(x), tail = diagnostics::ess_tail(x);
    const bool is_defined = !std::isnan(r_hat) && !std::isnan(bulk) && !std::isnan(tail);
    if (!is_defined || r_hat > a.max_r_hat)
      a.worst = rule.names.empty() ? fmt::format("coordinate {}", k) : rule.names[k];
    a.max_r_hat = std::max(a.max_r_hat, is_defined ? r_hat : kInfinity);
    a.min_ess_bulk = std::min(a.min_ess_bulk, is_defined ? bulk : 0.0);
    a.min_ess_tail = std::min(a.min_ess_tail, is_defined ? tail : 0.0);
  }
  for (const Draws& chain : chains) {
    a.divergences += std::count_if(chain.diverging.begin(), chain.diverging.end(), [](auto flag) { return flag != 0; });
    const double e_bfmi = diagnostics::e_bfmi(chain.energy);
    if (e_bfmi < a.min_e_bfmi) a.min_e_bfmi = e_bfmi;
  }
  return a;
}

}  // namespace praesepe::infer::nuts
