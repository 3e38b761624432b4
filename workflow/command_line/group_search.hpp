// What `praesepe model association` prints: how many groups a catalogue has
// (infer/models/association/group_tables.hpp).
#pragma once

#include "workflow/command_line/command.hpp"

namespace praesepe::workflow::command_line {

/// A table. The ranks of an MPI program work on it together, and it is rank 0's; the others' is empty. Throws
/// InputError.
std::string group_search(const options::variables_map& values);

}  // namespace praesepe::workflow::command_line
