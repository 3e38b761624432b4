// The few calls of the HDF5 C library that the store needs, each checked, behind types of our own.
//
// No HDF5 type leaves this header's .cpp. A failed call throws Error with the file, the object in it and HDF5's own
// deepest message; HDF5 prints nothing by itself. Objects keep their creation order and no times, so that equal content
// gives equal bytes. One lock guards the library: HDF5 need not be built thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace praesepe::workflow::store::hdf5 {

/// A call of the library failed: "posteriors.h5: /posterior/g: write: no space left on device".
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Owns one open object of the library; closes it when it goes.
class Handle {
 public:
  using Id = std::int64_t;
  using Close = int (*)(Id);

  Handle() = default;
  Handle(Id id, Close how) : id_(id), close_(how) {}
  Handle(Handle&& other) noexcept;
  Handle& operator=(Handle&& other) noexcept;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();

  Id id() const { return id_; }
  /// Closes now; throws where the destructor could not (a full disk often shows only when a file is closed).
  void close();

 private:
  Id id_ = -1;
  Close close_ = nullptr;
};

enum class Type { float64, int64, int8, text };
/// The values of a dataset, flattened with the last dimension fastest; the alternatives in the order of Type.
using Values =
    std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::int8_t>, std::vector<std::string>>;
using Scalar = std::variant<double, std::int64_t, std::string>;
using Extents = std::vector<std::uint64_t>;

/// A box in a dataset, both (rank).
struct Slab {
  Extents start;
  Extents count;
};

/// A new, empty file; replaces one of the same name.
Handle create_file(const std::filesystem::path& path);
/// A new, empty file that never meets the disk, and the bytes that it would have there; no two at once of one name.
Handle create_file_in_memory(const std::filesystem::path& path);
std::string image(const Handle& file);
Handle open_file(const std::filesystem::path& path, bool writable = false);

Handle create_group(const Handle& file, const std::string& path);
Handle open_group(const Handle& file, const std::string& path);
bool exists(const Handle& file, const std::string& path);
bool is_group(const Handle& file, const std::string& path);
/// Names in a group, in order of creation.
std::vector<std::string> members(const Handle& group);
void remove(const Handle& file, const std::string& path);

/// Numbers with a `chunk` (rank) are stored shuffled, compressed and with checksums; an empty chunk means plain
/// storage.
Handle create_dataset(const Handle& file, const std::string& path, Type type, const Extents& extents,
                      const Extents& chunk);
Handle open_dataset(const Handle& file, const std::string& path);
Extents extents(const Handle& dataset);
void write(const Handle& dataset, const Slab& slab, const Values& values);
Values read(const Handle& dataset, const Slab& slab);

/// Dimension scales: what netCDF calls dimensions and coordinates.
void make_scale(const Handle& dataset, const std::string& name);
void attach_scale(const Handle& dataset, unsigned axis, const Handle& scale);
bool is_scale(const Handle& dataset);
/// Names of the dimensions of a dataset, (rank); empty where no scale is attached.
std::vector<std::string> dimensions(const Handle& dataset);

void write_attribute(const Handle& object, const std::string& name, const Scalar& value);
std::optional<Scalar> read_attribute(const Handle& object, const std::string& name);

}  // namespace praesepe::workflow::store::hdf5
