#include "sim/astrometry/similar_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <utility>

namespace praesepe::sim::astrometry {

namespace {

std::string lower(std::string_view name) {
  std::string result(name);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

constexpr std::size_t kLongest = 100;

// Levenshtein's: insertions, deletions and replacements that turn a into b (kLongest letters at most), row by row.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, kLongest + 1> row;
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> similar_names(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr std::size_t kMost = 3;
  const std::string wanted = lower(name);
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const auto& candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const std::string other = lower(candidate);
    const std::size_t distance = edit_distance(wanted, other);
    if (distance <= std::max<std::size_t>(1, wanted.size() / 3) || other.find(wanted) != std::string::npos) {
      near.emplace_back(distance, candidate);
    }
  }
  std::ranges::stable_sort(near, {}, [](const auto& entry) { return entry.first; });
  std::vector<std::string> names;
  for (const auto& [distance, candidate] : near) {
    if (names.size() < kMost) names.push_back(candidate);
  }
  return names;
}

}  // namespace praesepe::sim::astrometry
