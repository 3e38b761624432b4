// What made a result: the program, how it was built, and where it runs.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace praesepe::workflow::store {

/// Name and value, in the order in which they are shown.
using Facts = std::vector<std::pair<std::string, std::string>>;

/// Version, revision of the source, compiler, flags, instruction set, libraries: the same numbers come out only where
/// all of these are the same.
const Facts& build_facts();

/// The build as one text, for checksums.
std::string build_identity();

/// Host, and the numbers under which SLURM knows this process.
Facts run_facts();

/// When results were made, and by which runs. Attributes of a file's root; nothing that was computed depends on them.
struct Origin {
  std::string created;      ///< UTC, ISO 8601; of the latest result
  std::string runs = "[]";  ///< JSON list of what run_facts, ranks and threads were, each different run once
};
/// The origins of several files as one.
Origin unite(const Origin& a, const Origin& b);

}  // namespace praesepe::workflow::store
