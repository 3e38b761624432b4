// Where the tests find data that the project may not carry: below PRAESEPE_DATA, or ../shared beside the source tree.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace praesepe::tests {

/// The path of `name`, or nothing if it does not exist; then says on stdout, in one line, what is missing, and the test
/// ends.
std::optional<std::filesystem::path> data_path(const std::string& name);

}  // namespace praesepe::tests
