#include "workflow/store/tables.hpp"

#include <fmt/core.h>

#include <numeric>

#include "sim/error.hpp"
#include "workflow/store/durable_file.hpp"
#include "workflow/store/posterior_writer.hpp"

namespace praesepe::workflow::store {

namespace fs = std::filesystem;

namespace {

std::size_t length(const hdf5::Values& values) {
  return std::visit([](const auto& v) { return v.size(); }, values);
}

void add_tables(DimensionedFile& file, const std::string& group, const std::vector<Table>& tables) {
  file.add_group(group, {});
  for (const auto& table : tables) {
    const std::size_t rows = table.columns.empty() ? 0 : length(table.columns.front().values);
    if (rows == 0) continue;
    std::vector<std::int64_t> numbers(rows);
    std::iota(numbers.begin(), numbers.end(), 0);
    const std::string path = group + "/" + table.name;
    file.add_group(path, {{"row", numbers, ""}});
    for (const auto& [name, values] : table.columns) {
      if (length(values) != rows)
        throw InternalError(
            fmt::format("table {}: column {} has {} rows of {}", table.name, name, length(values), rows));
      file.add_variable(path, {name, static_cast<hdf5::Type>(values.index()), {"row"}, {}});
      file.write(path + "/" + name, values);
    }
  }
}

}  // namespace

void write_tables(const fs::path& path, const std::string& group, const std::vector<Table>& tables) {
  { const PosteriorFile is_ours(path); }
  TemporaryFile temporary(path);
  fs::copy_file(path, temporary.path(), fs::copy_options::overwrite_existing);
  auto file = DimensionedFile::edit(temporary.path());
  if (file.has(group)) file.remove(group);
  add_tables(file, group, tables);
  file.close();
  temporary.publish_over();
}

void write_tables_beside(const fs::path& path, const PosteriorFile& of, const std::string& group,
                         const std::vector<Table>& tables) {
  TemporaryFile temporary(path);
  auto file = DimensionedFile::create(temporary.path());
  file.set_attributes("/", root_attributes(of.campaign(), of.origin()));
  add_tables(file, group, tables);
  file.close();
  temporary.publish_over();
}

std::vector<Table> read_tables(const PosteriorFile& source, const std::string& group) {
  const auto& file = source.file();
  std::vector<Table> tables;
  if (!file.has(group)) return tables;
  for (const auto& name : file.groups(group)) {
    Table table{name, {}};
    const std::string path = group + "/" + name;
    for (const auto& column : file.variables(path)) table.columns.push_back({column, file.read(path + "/" + column)});
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace praesepe::workflow::store
