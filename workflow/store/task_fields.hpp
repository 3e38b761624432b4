// The one place that says where each number of a task lies in a file, for writing and for reading.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "workflow/store/layout.hpp"

namespace praesepe::workflow::store {

/// One variable of the format and the part of a TaskResult that is one row of it.
struct Field {
  std::string group;
  Variable variable;
  std::function<hdf5::Values(const TaskResult&)> pack;           ///< absent values: NaN, 0 for flags, -1 for integers
  std::function<void(const hdf5::Values&, TaskResult&)> unpack;  ///< into a result with the fields before this one set

  std::string path() const { return group + "/" + variable.name; }
};

/// A number of diagnostics::Summary under its name in /summary.
struct SummaryColumn {
  const char* name;
  double infer::diagnostics::Summary::*member;
};
extern const std::array<SummaryColumn, 11> kSummaryColumns;

/// All fields; those of /task come first.
std::vector<Field> fields_of(const Layout& layout);
/// Those of /task, the same in every file.
std::vector<Field> task_fields();

}  // namespace praesepe::workflow::store
