#include "infer/models/observed_range.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/error.hpp"

namespace praesepe::infer::models {

using sim::astrometry::Catalogue;

std::pair<double, double> observed_range(const Catalogue& catalogue, const std::string& column) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  if (catalogue.has(column)) {
    const auto& values = catalogue[column];
    const double first = values.empty() ? 0.0 : values.front();
    for (const double raw : values) {
      if (!std::isfinite(raw)) continue;
      // right ascensions within half a turn of the first star's
      const double value = column == "ra" ? first + std::remainder(raw - first, 360.0) : raw;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (column == "parallax") low = std::max(low, 0.001);
  if (!(low < high)) {
    throw InputError(catalogue.origin + ": prior." + column +
                     " asks for the observed range, but the catalogue has no two different values of " + column +
                     (column == "parallax" ? " above 0.001 mas" : ""));
  }
  return {low, high};
}

density::Prior with_observed_range(density::Prior prior, const std::string& name, const Catalogue& catalogue) {
  for (std::size_t end = 0; end < prior.arguments().size(); ++end) {
    if (prior.arguments()[end].name != "observed") continue;
    const auto range = observed_range(catalogue, name);
    prior = prior.with_argument(end, end == 0 ? range.first : range.second);
  }
  return prior;
}

}  // namespace praesepe::infer::models
