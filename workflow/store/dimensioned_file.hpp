// An HDF5 file that is also a netCDF-4 file: groups of variables along named dimensions, each with its coordinate.
//
// Every group holds its own coordinates (the root has none), so that netCDF4, h5netcdf and xarray open any group alone.
// Numbers along more than the dimension `simulation` are stored one simulation a chunk, compressed and with checksums;
// what has one value a simulation lies in one chunk; text is stored plainly.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "workflow/store/hdf5.hpp"

namespace praesepe::workflow::store {

/// A dimension of a group with the values along it; never empty (netCDF reads a length of 0 as "unlimited").
struct Dimension {
  std::string name;
  hdf5::Values coordinate;
  std::string unit;  ///< of the coordinate; empty if it has none
};

using Attributes = std::vector<std::pair<std::string, hdf5::Scalar>>;

struct Variable {
  std::string name;
  hdf5::Type type;
  std::vector<std::string> dimensions;  ///< of its group, slowest first
  Attributes attributes;
};

/// The dimension along which files are written and read row by row.
inline const std::string kSimulation = "simulation";

class DimensionedFile {
 public:
  /// A new file (replaces one of that name), a file to read, or one to add groups to. Throw hdf5::Error.
  static DimensionedFile create(const std::filesystem::path& path);
  static DimensionedFile open(const std::filesystem::path& path);
  static DimensionedFile edit(const std::filesystem::path& path);
  /// A new file that never meets the disk; no two at once of one name.
  static DimensionedFile in_memory(const std::filesystem::path& path);

  void add_group(const std::string& group, const std::vector<Dimension>& dimensions);
  void add_variable(const std::string& group, const Variable& variable);
  void remove(const std::string& path);
  /// `values` in the order of the variable's dimensions, without `simulation` for a row.
  void write(const std::string& path, const hdf5::Values& values);
  void write_row(const std::string& path, std::uint64_t row, const hdf5::Values& values);
  void set_attributes(const std::string& path, const Attributes& attributes);
  /// Writes everything out; throws if that fails. The file cannot be used afterwards.
  void close();
  /// The bytes of a file in memory, everything that was written included.
  std::string image();

  bool has(const std::string& path) const;
  /// Groups in a group, and variables that are not coordinates; in order of creation.
  std::vector<std::string> groups(const std::string& group) const;
  std::vector<std::string> variables(const std::string& group) const;
  std::vector<std::string> dimensions(const std::string& path) const;
  /// Length of a dimension of a group.
  std::uint64_t length(const std::string& group, const std::string& dimension) const;
  hdf5::Values read(const std::string& path) const;
  hdf5::Values read_row(const std::string& path, std::uint64_t row) const;
  /// The value of an attribute, or nothing.
  std::optional<hdf5::Scalar> attribute(const std::string& path, const std::string& name) const;

 private:
  explicit DimensionedFile(hdf5::Handle file) : file_(std::move(file)) {}

  struct Dataset {
    hdf5::Handle handle;
    hdf5::Extents extents;
    std::optional<std::size_t> row_axis;  ///< the axis `simulation`, once somebody asked for a row
  };
  /// Opens a dataset once: its partly written chunk stays in memory until the file is closed.
  Dataset& dataset(const std::string& path) const;
  hdf5::Slab slab_of_row(Dataset& dataset, std::uint64_t row) const;
  std::vector<std::string> members_of_kind(const std::string& group, bool is_group) const;
  void close_datasets();

  hdf5::Handle file_;
  mutable std::map<std::string, Dataset> datasets_;
};

}  // namespace praesepe::workflow::store
