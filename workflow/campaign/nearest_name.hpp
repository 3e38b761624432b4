// Which of the known names a mistyped one probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace praesepe::workflow::campaign {

/// Fewest insertions, deletions and replacements of one letter that turn a into b (Levenshtein 1966).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known name at the least distance, the first of equals. `known` must not be empty.
const std::string& nearest_name(std::string_view name, const std::vector<std::string>& known);

}  // namespace praesepe::workflow::campaign
