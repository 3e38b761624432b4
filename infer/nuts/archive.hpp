// Values to bytes and back, to the last bit: how a chain is put aside and taken up again on machines of one kind.
//
// A class names its members once, in a static function template that serves both directions:
//
//   template <class Archive, class Self>
//   static void members(Archive& archive, Self& self) { archive(self.position_, self.step_size_); }
#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "infer/density/log_density.hpp"
#include "sim/error.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::nuts {

template <class T>
concept Plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;

class ArchiveWriter {
 public:
  template <class... T>
  void operator()(const T&... values) {
    (write(values), ...);
  }
  std::string take() { return std::move(bytes_); }

 private:
  template <Plain T>
  void write(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void write(const density::Matrix& matrix) {
    (*this)(matrix.rows(), matrix.cols());
    bytes_.append(reinterpret_cast<const char*>(matrix.data()),
                  static_cast<std::size_t>(matrix.size()) * sizeof(double));
  }
  void write(const density::Vector& vector) { write(density::Matrix(vector)); }
  void write(const std::string& text) {
    write(text.size());
    bytes_.append(text);
  }
  template <class T>
  void write(const std::vector<T>& list) {
    write(list.size());
    for (const T& item : list) write(item);
  }
  template <class T>
  void write(const std::optional<T>& value) {
    write(value.has_value());
    if (value) write(*value);
  }
  void write(const sim::random::Stream& stream) { write(stream.position()); }
  template <class T>
  requires requires(ArchiveWriter& archive, const T& value) { T::members(archive, value); }
  void write(const T& value) { T::members(*this, value); }

  std::string bytes_;
};

/// Reads in the order of writing, into objects that exist already: a Stream keeps its key and moves to the position.
class ArchiveReader {
 public:
  explicit ArchiveReader(std::string_view bytes) : bytes_(bytes) {}

  /// Throws InternalError if the bytes end too early.
  template <class... T>
  void operator()(T&... values) {
    (read(values), ...);
  }
  bool at_end() const { return bytes_.empty(); }

 private:
  void copy(void* to, std::size_t size) {
    if (size > bytes_.size()) throw InternalError("a stored chain ends too early");
    if (size > 0) std::memcpy(to, bytes_.data(), size);
    bytes_.remove_prefix(size);
  }
  std::size_t read_size() {
    std::size_t size = 0;
    copy(&size, sizeof size);
    if (size > bytes_.size()) throw InternalError("a stored chain ends too early");
    return size;
  }
  template <Plain T>
  void read(T& value) {
    copy(&value, sizeof(T));
  }
  void read(density::Matrix& matrix) {
    Eigen::Index rows = 0, cols = 0;
    (*this)(rows, cols);
    const auto most = static_cast<Eigen::Index>(bytes_.size() / sizeof(double));
    if (rows < 0 || cols < 0 || (cols > 0 && rows > most / cols)) throw InternalError("a stored chain ends too early");
    matrix.resize(rows, cols);
    copy(matrix.data(), static_cast<std::size_t>(matrix.size()) * sizeof(double));
  }
  void read(density::Vector& vector) {
    density::Matrix column;
    read(column);
    vector = density::Vector(column.reshaped());
  }
  void read(std::string& text) {
    text.resize(read_size());
    copy(text.data(), text.size());
  }
  template <class T>
  void read(std::vector<T>& list) {
    list.resize(read_size());
    for (T& item : list) read(item);
  }
  template <class T>
  void read(std::optional<T>& value) {
    bool has_value = false;
    read(has_value);
    if (!has_value) value.reset();
    if (has_value) read(value ? *value : value.emplace());
  }
  void read(sim::random::Stream& stream) {
    std::uint64_t position = 0;
    read(position);
    stream.seek(position);
  }
  template <class T>
  requires requires(ArchiveReader& archive, T& value) { T::members(archive, value); }
  void read(T& value) { T::members(*this, value); }

  std::string_view bytes_;
};

}  // namespace praesepe::infer::nuts
