// Tables in a file of results: a group of its own each, with the columns as variables along the dimension `row`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workflow/store/hdf5.hpp"
#include "workflow/store/posterior_file.hpp"

namespace praesepe::workflow::store {

struct TableColumn {
  std::string name;
  hdf5::Values values;  ///< (rows)
};

struct Table {
  std::string name;
  std::vector<TableColumn> columns;  ///< equally long
};

/// Replaces `group` ("/calibration") of a gathered file by these tables; those without rows are left out. The file
/// changes in one step: a copy is completed beside it and takes its name. Throws InputError if it is not a file of
/// results.
void write_tables(const std::filesystem::path& path, const std::string& group, const std::vector<Table>& tables);

/// A new file that holds only tables, for results that must not be written to; root attributes as `of` has them.
void write_tables_beside(const std::filesystem::path& path, const PosteriorFile& of, const std::string& group,
                         const std::vector<Table>& tables);

/// The tables of a group; empty if the file has no such group.
std::vector<Table> read_tables(const PosteriorFile& file, const std::string& group);

}  // namespace praesepe::workflow::store
