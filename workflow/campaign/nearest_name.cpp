#include "workflow/campaign/nearest_name.hpp"

#include <algorithm>
#include <numeric>

namespace praesepe::workflow::campaign {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // row[j] = distance of the first i letters of a to the first j letters of b
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = i - 1, left = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      left = row[j] = std::min({replaced, row[j] + 1, left + 1});
    }
  }
  return b.empty() ? a.size() : row.back();
}

const std::string& nearest_name(std::string_view name, const std::vector<std::string>& known) {
  return *std::ranges::min_element(known, {}, [name](const std::string& k) { return edit_distance(name, k); });
}

}  // namespace praesepe::workflow::campaign
