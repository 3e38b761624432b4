#include "workflow/store/hdf5.hpp"

#include <fmt/core.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <mutex>
#include <type_traits>
#include <utility>

namespace praesepe::workflow::store::hdf5 {

static_assert(std::is_same_v<hid_t, Handle::Id>, "HDF5 1.10 or later has 64-bit identifiers");
static_assert(std::is_same_v<herr_t, int>);
static_assert(sizeof(hsize_t) == sizeof(std::uint64_t));

namespace {

constexpr unsigned kCompression = 4;  // gzip; higher levels gain under 1 % on draws

/// Holds the library while one of our functions runs. The printing of errors is a setting of each thread.
class Library {
 public:
  Library() : lock_(mutex_) {
    // HDF5's own clean-up at the end of the program crashes where a file could not be written; we close what we open.
    [[maybe_unused]] static const herr_t no_clean_up = H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }

 private:
  inline static std::recursive_mutex mutex_;
  std::lock_guard<std::recursive_mutex> lock_;
};

/// What went wrong first, in HDF5's words.
std::string deepest_message() {
  std::string message;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_DOWNWARD,
      [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
        if (error->desc != nullptr && *error->desc != '\0') *static_cast<std::string*>(out) = error->desc;
        return 0;
      },
      &message);
  // Of a failed system call HDF5 tells time, buffer and offsets too; its reason is what a user needs.
  const std::string mark = "error message = '";
  if (const auto at = message.find(mark); at != std::string::npos) {
    const auto reason = at + mark.size();
    message = message.substr(0, message.find(':')) + ": " + message.substr(reason, message.find('\'', reason) - reason);
  }
  return message.empty() ? "no reason given" : message;
}

std::string text_of(ssize_t (*ask)(hid_t, char*, size_t), hid_t id) {
  const ssize_t length = ask(id, nullptr, 0);
  if (length <= 0) return {};
  std::string text(static_cast<std::size_t>(length), '\0');
  ask(id, text.data(), text.size() + 1);
  return text;
}

/// "file: object" of an open object.
std::string place(hid_t id) { return text_of(H5Fget_name, id) + ": " + text_of(H5Iget_name, id); }

template <class Result, class Where>
Result check(Result result, const char* call, const Where& where) {
  if (result >= 0) return result;
  const std::string reason = deepest_message();  // before anything else uses the library
  std::string at;
  if constexpr (std::is_same_v<Where, hid_t>) {
    at = place(where);
  } else {
    at = where;
  }
  const std::string text = call;
  throw Error(fmt::format("{}: {}: {}", at, text.substr(0, text.find('(')), reason));
}

/// PRAESEPE_H5(call, where): the call's result; an Error that names the call and `where` (an object or words) if it
/// failed.
#define PRAESEPE_H5(call, where) check(call, #call, where)

Handle property_list(hid_t kind, hid_t where) { return {PRAESEPE_H5(H5Pcreate(kind), where), H5Pclose}; }

/// Text goes through a buffer. HDF5's own choice, twice a megabyte cleared for every word, is most of the time that a
/// small file takes.
Handle transfer_list(hid_t where) {
  constexpr std::size_t kBuffer = 1 << 12;
  auto list = property_list(H5P_DATASET_XFER, where);
  PRAESEPE_H5(H5Pset_buffer(list.id(), kBuffer, nullptr, nullptr), where);
  return list;
}

/// Creation order kept and indexed: without it netCDF cannot write to the file later.
void keep_order(const Handle& creation, bool links) {
  constexpr unsigned kOrder = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
  if (links) PRAESEPE_H5(H5Pset_link_creation_order(creation.id(), kOrder), creation.id());
  PRAESEPE_H5(H5Pset_attr_creation_order(creation.id(), kOrder), creation.id());
  PRAESEPE_H5(H5Pset_obj_track_times(creation.id(), false), creation.id());
}

Handle create_file(const std::filesystem::path& path, hid_t access) {
  const auto creation = property_list(H5P_FILE_CREATE, -1);
  keep_order(creation, true);
  return {PRAESEPE_H5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), access), path.string()), H5Fclose};
}

/// Variable-length UTF-8: fixed-length text crashes netCDF 4.9.
Handle text_type() {
  Handle type(PRAESEPE_H5(H5Tcopy(H5T_C_S1), "text"), H5Tclose);
  PRAESEPE_H5(H5Tset_size(type.id(), H5T_VARIABLE), "text");
  PRAESEPE_H5(H5Tset_cset(type.id(), H5T_CSET_UTF8), "text");
  return type;
}

Handle hdf5_type(Type type, bool in_file) {
  const auto copy = [](hid_t id) { return Handle(PRAESEPE_H5(H5Tcopy(id), "number"), H5Tclose); };
  switch (type) {
    case Type::float64: return copy(in_file ? H5T_IEEE_F64LE : H5T_NATIVE_DOUBLE);
    case Type::int64: return copy(in_file ? H5T_STD_I64LE : H5T_NATIVE_INT64);
    case Type::int8: return copy(in_file ? H5T_STD_I8LE : H5T_NATIVE_INT8);
    case Type::text: break;
  }
  return text_type();
}

Type type_of(hid_t type, hid_t where) {
  switch (PRAESEPE_H5(H5Tget_class(type), where)) {
    case H5T_FLOAT: return Type::float64;
    case H5T_INTEGER: return H5Tget_size(type) == 1 ? Type::int8 : Type::int64;
    case H5T_STRING:
      if (H5Tis_variable_str(type) > 0) return Type::text;
      break;
    default: break;
  }
  throw Error(place(where) + ": holds neither numbers nor variable-length text");
}

Handle space_of(const Extents& extents) {
  if (extents.empty()) return {PRAESEPE_H5(H5Screate(H5S_SCALAR), "a scalar"), H5Sclose};
  const std::vector<hsize_t> size(extents.begin(), extents.end());
  return {PRAESEPE_H5(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), "a shape"), H5Sclose};
}

/// The dataspace of a dataset with the slab selected.
Handle select(hid_t dataset, const Slab& slab) {
  Handle space(PRAESEPE_H5(H5Dget_space(dataset), dataset), H5Sclose);
  if (slab.start.empty()) return space;
  const std::vector<hsize_t> start(slab.start.begin(), slab.start.end()), count(slab.count.begin(), slab.count.end());
  PRAESEPE_H5(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), dataset);
  return space;
}

std::size_t volume(const Extents& count) {
  std::size_t size = 1;
  for (const auto n : count) size *= n;
  return size;
}

std::vector<const char*> pointers(const std::vector<std::string>& words) {
  std::vector<const char*> result;
  for (const auto& word : words) result.push_back(word.c_str());
  return result;
}

/// Reads `size` texts with `read(buffer)` and gives HDF5's memory back.
template <class Read>
std::vector<std::string> read_text(std::size_t size, hid_t type, hid_t space, Read&& read) {
  std::vector<char*> buffer(size, nullptr);
  read(buffer.data());
  std::vector<std::string> words;
  for (const char* word : buffer) words.emplace_back(word == nullptr ? "" : word);
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, buffer.data());
  return words;
}

}  // namespace

Handle::Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

Handle& Handle::operator=(Handle&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(close_, other.close_);
  return *this;
}

Handle::~Handle() {
  if (id_ < 0) return;
  const Library library;
  close_(id_);
}

void Handle::close() {
  if (id_ < 0) return;
  const Library library;
  const std::string where = place(id_);
  PRAESEPE_H5(close_(std::exchange(id_, -1)), where);
}

Handle create_file(const std::filesystem::path& path) {
  const Library library;
  return create_file(path, H5P_DEFAULT);
}

Handle create_file_in_memory(const std::filesystem::path& path) {
  constexpr std::size_t kIncrement = 1 << 16;
  const Library library;
  const auto access = property_list(H5P_FILE_ACCESS, -1);
  PRAESEPE_H5(H5Pset_fapl_core(access.id(), kIncrement, false), path.string());
  return create_file(path, access.id());
}

std::string image(const Handle& file) {
  const Library library;
  PRAESEPE_H5(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), file.id());
  std::string bytes(static_cast<std::size_t>(PRAESEPE_H5(H5Fget_file_image(file.id(), nullptr, 0), file.id())), '\0');
  PRAESEPE_H5(H5Fget_file_image(file.id(), bytes.data(), bytes.size()), file.id());
  return bytes;
}

Handle open_file(const std::filesystem::path& path, bool writable) {
  const Library library;
  const unsigned mode = writable ? H5F_ACC_RDWR : H5F_ACC_RDONLY;
  return {PRAESEPE_H5(H5Fopen(path.c_str(), mode, H5P_DEFAULT), path.string()), H5Fclose};
}

Handle create_group(const Handle& file, const std::string& path) {
  const Library library;
  const auto creation = property_list(H5P_GROUP_CREATE, file.id());
  keep_order(creation, true);
  return {PRAESEPE_H5(H5Gcreate2(file.id(), path.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                      place(file.id()) + path),
          H5Gclose};
}

Handle open_group(const Handle& file, const std::string& path) {
  const Library library;
  return {PRAESEPE_H5(H5Gopen2(file.id(), path.c_str(), H5P_DEFAULT), place(file.id()) + path), H5Gclose};
}

bool exists(const Handle& file, const std::string& path) {
  const Library library;
  // H5Lexists wants every group on the way to exist.
  for (auto slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1))
    if (H5Lexists(file.id(), path.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
  return path == "/" || H5Lexists(file.id(), path.c_str(), H5P_DEFAULT) > 0;
}

bool is_group(const Handle& file, const std::string& path) {
  const Library library;
  H5O_info_t info;
  PRAESEPE_H5(H5Oget_info_by_name2(file.id(), path.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT),
              place(file.id()) + path);
  return info.type == H5O_TYPE_GROUP;
}

std::vector<std::string> members(const Handle& group) {
  const Library library;
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  // A file rewritten by other software may have lost the order; names then come alphabetically.
  if (H5Literate(group.id(), H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, add, &names) < 0) {
    names.clear();
    PRAESEPE_H5(H5Literate(group.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names), group.id());
  }
  return names;
}

void remove(const Handle& file, const std::string& path) {
  const Library library;
  PRAESEPE_H5(H5Ldelete(file.id(), path.c_str(), H5P_DEFAULT), place(file.id()) + path);
}

Handle create_dataset(const Handle& file, const std::string& path, Type type, const Extents& extents,
                      const Extents& chunk) {
  const Library library;
  const std::string where = text_of(H5Fget_name, file.id()) + ": " + path;
  const auto creation = property_list(H5P_DATASET_CREATE, file.id());
  keep_order(creation, false);
  if (!chunk.empty()) {
    const std::vector<hsize_t> size(chunk.begin(), chunk.end());
    PRAESEPE_H5(H5Pset_chunk(creation.id(), static_cast<int>(size.size()), size.data()), where);
    PRAESEPE_H5(H5Pset_shuffle(creation.id()), where);
    PRAESEPE_H5(H5Pset_deflate(creation.id(), kCompression), where);
    PRAESEPE_H5(H5Pset_fletcher32(creation.id()), where);
  }
  const auto space = space_of(extents);
  const auto stored = hdf5_type(type, true);
  return {
      PRAESEPE_H5(H5Dcreate2(file.id(), path.c_str(), stored.id(), space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                  where),
      H5Dclose};
}

Handle open_dataset(const Handle& file, const std::string& path) {
  const Library library;
  return {PRAESEPE_H5(H5Dopen2(file.id(), path.c_str(), H5P_DEFAULT), text_of(H5Fget_name, file.id()) + ": " + path),
          H5Dclose};
}

Extents extents(const Handle& dataset) {
  const Library library;
  const Handle space(PRAESEPE_H5(H5Dget_space(dataset.id()), dataset.id()), H5Sclose);
  const int rank = PRAESEPE_H5(H5Sget_simple_extent_ndims(space.id()), dataset.id());
  std::vector<hsize_t> size(static_cast<std::size_t>(rank));
  PRAESEPE_H5(H5Sget_simple_extent_dims(space.id(), size.data(), nullptr), dataset.id());
  return {size.begin(), size.end()};
}

void write(const Handle& dataset, const Slab& slab, const Values& values) {
  const Library library;
  const auto size = std::visit([](const auto& v) { return v.size(); }, values);
  if (size != volume(slab.count))
    throw Error(fmt::format("{}: {} values for {} places", place(dataset.id()), size, volume(slab.count)));
  const auto target = select(dataset.id(), slab);
  const auto memory = space_of(slab.count);
  const auto type = hdf5_type(static_cast<Type>(values.index()), false);
  const auto transfer = transfer_list(dataset.id());
  const auto put = [&](const void* data) {
    PRAESEPE_H5(H5Dwrite(dataset.id(), type.id(), memory.id(), target.id(), transfer.id(), data), dataset.id());
  };
  if (const auto* words = std::get_if<std::vector<std::string>>(&values)) {
    put(pointers(*words).data());
  } else {
    std::visit([&](const auto& v) { put(v.data()); }, values);
  }
}

Values read(const Handle& dataset, const Slab& slab) {
  const Library library;
  const Handle stored(PRAESEPE_H5(H5Dget_type(dataset.id()), dataset.id()), H5Tclose);
  const Type kind = type_of(stored.id(), dataset.id());
  const auto source = select(dataset.id(), slab);
  const auto memory = space_of(slab.count);
  const auto type = hdf5_type(kind, false);
  const auto transfer = transfer_list(dataset.id());
  const auto take = [&](void* data) {
    PRAESEPE_H5(H5Dread(dataset.id(), type.id(), memory.id(), source.id(), transfer.id(), data), dataset.id());
  };
  const auto numbers = [&](auto values) -> Values {
    take(values.data());
    return values;
  };
  const std::size_t size = volume(slab.count);
  switch (kind) {
    case Type::float64: return numbers(std::vector<double>(size));
    case Type::int64: return numbers(std::vector<std::int64_t>(size));
    case Type::int8: return numbers(std::vector<std::int8_t>(size));
    case Type::text: break;
  }
  return read_text(size, type.id(), memory.id(), take);
}

void make_scale(const Handle& dataset, const std::string& name) {
  const Library library;
  PRAESEPE_H5(H5DSset_scale(dataset.id(), name.c_str()), dataset.id());
}

void attach_scale(const Handle& dataset, unsigned axis, const Handle& scale) {
  const Library library;
  PRAESEPE_H5(H5DSattach_scale(dataset.id(), scale.id(), axis), dataset.id());
}

bool is_scale(const Handle& dataset) {
  const Library library;
  return PRAESEPE_H5(H5DSis_scale(dataset.id()), dataset.id()) > 0;
}

std::vector<std::string> dimensions(const Handle& dataset) {
  const Library library;
  std::vector<std::string> names(extents(dataset).size());
  const auto note = [](hid_t, unsigned, hid_t scale, void* out) -> herr_t {
    *static_cast<std::string*>(out) = text_of(H5DSget_scale_name, scale);  // H5Iget_name would search the whole file
    return 1;                                                              // one scale an axis
  };
  for (unsigned axis = 0; axis < names.size(); ++axis)
    PRAESEPE_H5(H5DSiterate_scales(dataset.id(), axis, nullptr, note, &names[axis]), dataset.id());
  return names;
}

void write_attribute(const Handle& object, const std::string& name, const Scalar& value) {
  const Library library;
  const auto put = [&](Type kind, const void* data) {
    const auto stored = hdf5_type(kind, true), type = hdf5_type(kind, false);
    const auto space = space_of({});
    const Handle attribute(
        PRAESEPE_H5(H5Acreate2(object.id(), name.c_str(), stored.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
                    object.id()),
        H5Aclose);
    PRAESEPE_H5(H5Awrite(attribute.id(), type.id(), data), object.id());
  };
  if (const auto* real = std::get_if<double>(&value)) put(Type::float64, real);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) put(Type::int64, integer);
  if (const auto* text = std::get_if<std::string>(&value)) {
    const char* pointer = text->c_str();
    put(Type::text, &pointer);
  }
}

std::optional<Scalar> read_attribute(const Handle& object, const std::string& name) {
  const Library library;
  if (H5Aexists(object.id(), name.c_str()) <= 0) return std::nullopt;
  const Handle attribute(PRAESEPE_H5(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT), object.id()), H5Aclose);
  const Handle stored(PRAESEPE_H5(H5Aget_type(attribute.id()), object.id()), H5Tclose);
  const Handle space(PRAESEPE_H5(H5Aget_space(attribute.id()), object.id()), H5Sclose);
  if (H5Sget_simple_extent_npoints(space.id()) != 1)
    throw Error(place(object.id()) + ": attribute " + name + " is not one value");
  const Type kind = type_of(stored.id(), object.id());
  const auto type = hdf5_type(kind == Type::int8 ? Type::int64 : kind, false);
  const auto take = [&](void* data) { PRAESEPE_H5(H5Aread(attribute.id(), type.id(), data), object.id()); };
  if (kind == Type::text) return read_text(1, type.id(), space.id(), take).front();
  if (kind == Type::float64) {
    double real = 0.0;
    take(&real);
    return real;
  }
  std::int64_t integer = 0;
  take(&integer);
  return integer;
}

}  // namespace praesepe::workflow::store::hdf5
