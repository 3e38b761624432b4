#include "tests/support/data_path.hpp"

#include <cstdlib>
#include <iostream>

namespace praesepe::tests {

std::optional<std::filesystem::path> data_path(const std::string& name) {
  const char* set = std::getenv("PRAESEPE_DATA");
  const std::filesystem::path folder = set ? std::filesystem::path(set) : std::filesystem::path(PRAESEPE_DEFAULT_DATA);
  auto path = folder / name;
  if (std::filesystem::exists(path)) return path;
  std::cout << "not tested: " << name << " is not below " << folder << " (PRAESEPE_DATA)\n";
  return std::nullopt;
}

}  // namespace praesepe::tests
