#include "workflow/star_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "infer/diagnostics/summary.hpp"

namespace praesepe::workflow {

using sim::astrometry::Catalogue;

namespace {

void add_memberships(const store::Membership& membership, Catalogue& catalogue) {
  for (std::size_t k = 0; k < membership.components.size(); ++k) {
    const auto column = static_cast<Eigen::Index>(k);
    const auto p = membership.p.col(column), p_mcse = membership.p_mcse.col(column);
    catalogue.add("p_" + membership.components[k], "", {p.begin(), p.end()});
    catalogue.add("p_" + membership.components[k] + "_mcse", "", {p_mcse.begin(), p_mcse.end()});
  }
}

bool varies(const Eigen::MatrixXd& draws) {
  return (draws.rowwise() - draws.row(0)).unaryExpr([](double d) { return std::isfinite(d) ? d : 0.0; }).any();
}

/// `draws` (sample, star).
void add_quantiles(const std::string& name, const std::string& unit, const Eigen::MatrixXd& draws,
                   Catalogue& catalogue) {
  constexpr std::array kQuantiles{std::pair{"_q16", 0.16}, std::pair{"_median", 0.5}, std::pair{"_q84", 0.84}};
  std::array<std::vector<double>, kQuantiles.size()> values;
  for (const auto star : draws.colwise()) {
    std::vector<double> sorted(star.begin(), star.end());
    std::erase_if(sorted, [](double x) { return std::isnan(x); });
    std::ranges::sort(sorted);
    for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
      values[i].push_back(sorted.empty() ? std::numeric_limits<double>::quiet_NaN()
                                         : infer::diagnostics::quantile_sorted(sorted, kQuantiles[i].second));
    }
  }
  for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
    catalogue.add(name + kQuantiles[i].first, unit, std::move(values[i]));
  }
}

}  // namespace

Catalogue star_table(const Catalogue& catalogue, const store::TaskResult& result) {
  Catalogue found(catalogue.rows());
  if (result.membership) add_memberships(*result.membership, found);
  if (result.latents) {
    const auto& [names, units, values] = *result.latents;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (varies(values[i])) add_quantiles(names[i], units[i], values[i], found);
    }
  }
  Catalogue table(catalogue.rows());
  table.source_id = catalogue.source_id;
  table.origin = catalogue.origin;
  for (const auto& column : catalogue.columns()) {
    if (!found.has(column.name)) table.add(column.name, column.unit, column.values);
  }
  for (const auto& column : found.columns()) table.add(column.name, column.unit, column.values);
  return table;
}

}  // namespace praesepe::workflow
