// Which of the names at hand a misspelt one may have meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace praesepe::sim::astrometry {

/// Those of `candidates` that differ from `name` by few letters (a third of its length, case aside) or contain it,
/// nearest first, three at most.
std::vector<std::string> similar_names(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace praesepe::sim::astrometry
