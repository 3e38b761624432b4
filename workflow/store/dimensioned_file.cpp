#include "workflow/store/dimensioned_file.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "sim/error.hpp"

namespace praesepe::workflow::store {

namespace {

std::size_t size_of(const hdf5::Values& values) {
  return std::visit([](const auto& v) { return v.size(); }, values);
}

hdf5::Slab whole(const hdf5::Extents& extents) { return {hdf5::Extents(extents.size(), 0), extents}; }

std::size_t axis_of_rows(const std::vector<std::string>& dimensions) {
  return static_cast<std::size_t>(std::ranges::find(dimensions, kSimulation) - dimensions.begin());
}

}  // namespace

DimensionedFile DimensionedFile::create(const std::filesystem::path& path) {
  return DimensionedFile(hdf5::create_file(path));
}
DimensionedFile DimensionedFile::open(const std::filesystem::path& path) {
  return DimensionedFile(hdf5::open_file(path));
}
DimensionedFile DimensionedFile::edit(const std::filesystem::path& path) {
  return DimensionedFile(hdf5::open_file(path, true));
}

DimensionedFile DimensionedFile::in_memory(const std::filesystem::path& path) {
  return DimensionedFile(hdf5::create_file_in_memory(path));
}

void DimensionedFile::add_group(const std::string& group, const std::vector<Dimension>& dimensions) {
  hdf5::create_group(file_, group);
  for (const auto& dimension : dimensions) {
    const std::size_t size = size_of(dimension.coordinate);
    if (size == 0) throw InternalError(fmt::format("{}: dimension {} is empty", group, dimension.name));
    const std::string path = group + "/" + dimension.name;
    const auto handle =
        hdf5::create_dataset(file_, path, static_cast<hdf5::Type>(dimension.coordinate.index()), {size}, {});
    hdf5::write(handle, whole({size}), dimension.coordinate);
    hdf5::make_scale(handle, dimension.name);
    if (!dimension.unit.empty()) hdf5::write_attribute(handle, "units", dimension.unit);
  }
}

void DimensionedFile::add_variable(const std::string& group, const Variable& variable) {
  const std::string path = group + "/" + variable.name;
  hdf5::Extents extents;
  for (const auto& dimension : variable.dimensions) extents.push_back(length(group, dimension));
  hdf5::Extents chunk;
  if (variable.type != hdf5::Type::text) {
    chunk = extents;
    for (std::size_t axis = 0; chunk.size() > 1 && axis < chunk.size(); ++axis)
      if (variable.dimensions[axis] == kSimulation) chunk[axis] = 1;
  }
  auto handle = hdf5::create_dataset(file_, path, variable.type, extents, chunk);
  for (unsigned axis = 0; axis < extents.size(); ++axis)
    hdf5::attach_scale(handle, axis, dataset(group + "/" + variable.dimensions[axis]).handle);
  for (const auto& [name, value] : variable.attributes) hdf5::write_attribute(handle, name, value);
  datasets_.insert_or_assign(path, Dataset{std::move(handle), std::move(extents), axis_of_rows(variable.dimensions)});
}

void DimensionedFile::remove(const std::string& path) {
  datasets_.clear();
  hdf5::remove(file_, path);
}

void DimensionedFile::write(const std::string& path, const hdf5::Values& values) {
  const auto& target = dataset(path);
  hdf5::write(target.handle, whole(target.extents), values);
}

void DimensionedFile::write_row(const std::string& path, std::uint64_t row, const hdf5::Values& values) {
  auto& target = dataset(path);
  hdf5::write(target.handle, slab_of_row(target, row), values);
}

void DimensionedFile::set_attributes(const std::string& path, const Attributes& attributes) {
  const auto group = hdf5::open_group(file_, path);
  for (const auto& [name, value] : attributes) hdf5::write_attribute(group, name, value);
}

void DimensionedFile::close_datasets() {
  for (auto& [path, opened] : datasets_) opened.handle.close();
  datasets_.clear();
}

void DimensionedFile::close() {
  close_datasets();
  file_.close();
}

std::string DimensionedFile::image() {
  close_datasets();
  return hdf5::image(file_);
}

bool DimensionedFile::has(const std::string& path) const { return hdf5::exists(file_, path); }

std::vector<std::string> DimensionedFile::members_of_kind(const std::string& group, bool is_group) const {
  const std::string prefix = group == "/" ? group : group + "/";
  std::vector<std::string> names;
  for (const auto& name : hdf5::members(hdf5::open_group(file_, group)))
    if (hdf5::is_group(file_, prefix + name) == is_group) names.push_back(name);
  return names;
}

std::vector<std::string> DimensionedFile::groups(const std::string& group) const {
  return members_of_kind(group, true);
}

std::vector<std::string> DimensionedFile::variables(const std::string& group) const {
  auto names = members_of_kind(group, false);
  std::erase_if(names, [&](const auto& name) { return hdf5::is_scale(hdf5::open_dataset(file_, group + "/" + name)); });
  return names;
}

std::vector<std::string> DimensionedFile::dimensions(const std::string& path) const {
  return hdf5::dimensions(dataset(path).handle);
}

std::uint64_t DimensionedFile::length(const std::string& group, const std::string& dimension) const {
  return dataset(group + "/" + dimension).extents.at(0);
}

hdf5::Values DimensionedFile::read(const std::string& path) const {
  const auto& source = dataset(path);
  return hdf5::read(source.handle, whole(source.extents));
}

hdf5::Values DimensionedFile::read_row(const std::string& path, std::uint64_t row) const {
  auto& source = dataset(path);
  return hdf5::read(source.handle, slab_of_row(source, row));
}

std::optional<hdf5::Scalar> DimensionedFile::attribute(const std::string& path, const std::string& name) const {
  if (hdf5::is_group(file_, path)) return hdf5::read_attribute(hdf5::open_group(file_, path), name);
  return hdf5::read_attribute(dataset(path).handle, name);
}

DimensionedFile::Dataset& DimensionedFile::dataset(const std::string& path) const {
  if (const auto known = datasets_.find(path); known != datasets_.end()) return known->second;
  auto handle = hdf5::open_dataset(file_, path);
  auto extents = hdf5::extents(handle);
  return datasets_.emplace(path, Dataset{std::move(handle), std::move(extents), std::nullopt}).first->second;
}

hdf5::Slab DimensionedFile::slab_of_row(Dataset& dataset, std::uint64_t row) const {
  if (!dataset.row_axis) dataset.row_axis = axis_of_rows(hdf5::dimensions(dataset.handle));
  auto slab = whole(dataset.extents);
  slab.start.at(*dataset.row_axis) = row;
  slab.count.at(*dataset.row_axis) = 1;
  return slab;
}

}  // namespace praesepe::workflow::store
