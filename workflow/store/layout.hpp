// What the tasks of one file have in common: which quantities, how many draws, which profiles and columns.
#pragma once

#include <string>
#include <vector>

#include "workflow/store/dimensioned_file.hpp"
#include "workflow/store/task_result.hpp"

namespace praesepe::workflow::store {

struct NamedUnit {
  std::string name;
  std::string unit;

  bool operator==(const NamedUnit&) const = default;
};

struct Layout {
  std::vector<Quantity> quantities;  ///< (Q)
  std::int64_t chains = 1;
  std::int64_t draws = 1;
  std::vector<std::string> statistics;  ///< of /sample_stats
  bool has_truth = false;

  std::vector<NamedUnit> profiles;
  std::vector<double> radius;    ///< pc
  std::vector<double> quantile;  ///< probabilities

  std::int64_t stars = 0;  ///< of the largest task; 0 if nothing is stored for each star
  bool has_catalogue = false;
  bool has_source_id = false;
  std::vector<NamedUnit> columns;  ///< of any catalogue
  std::vector<NamedUnit> latents;
  std::int64_t samples = 0;             ///< draws with latents
  std::vector<std::string> components;  ///< of the membership; empty without
};

Layout layout_of(const TaskResult& result);

/// The layout that holds the rows of both. A task without draws adds nothing but its quantities. Throws InputError,
/// beginning with `where`, if the tasks cannot be stacked.
void extend(Layout& layout, const Layout& other, bool other_has_draws, const std::string& where);

/// The groups of a file, their dimensions and coordinates, in the order of the format.
struct Group {
  std::string name;  ///< "/posterior"
  std::vector<Dimension> dimensions;
};
std::vector<Group> groups_of(const Layout& layout, const std::vector<std::int64_t>& task_ids);

}  // namespace praesepe::workflow::store
