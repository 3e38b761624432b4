#include "tests/support/reference_table.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace praesepe::tests {

namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

}  // namespace

double ReferenceTable::number(std::size_t row, const std::string& column) const {
  return std::stod(rows.at(row).at(column));
}

ReferenceTable read_reference(const std::string& name) {
  std::ifstream file(std::string(PRAESEPE_TEST_REFERENCE) + "/" + name);
  if (!file) throw std::runtime_error("tests/reference/" + name + " cannot be read");
  ReferenceTable table;
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto cells = split(line);
    if (names.empty()) {
      names = cells;
      continue;
    }
    auto& row = table.rows.emplace_back();
    for (std::size_t i = 0; i < cells.size() && i < names.size(); ++i) row[names[i]] = cells[i];
  }
  return table;
}

}  // namespace praesepe::tests
