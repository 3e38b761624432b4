// Small CSV tables of reference numbers (tests/reference): `#` lines are comments, the first other line names the
// columns.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace praesepe::tests {

struct ReferenceTable {
  std::vector<std::map<std::string, std::string>> rows;

  /// The cell as a number; throws if it is none.
  double number(std::size_t row, const std::string& column) const;
};

/// Reads tests/reference/NAME.
ReferenceTable read_reference(const std::string& name);

}  // namespace praesepe::tests
