// Typed access to the keys of a document. Every key asked for becomes a known one; what was never asked for is an
// error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "infer/models/study.hpp"
#include "workflow/campaign/document.hpp"

namespace praesepe::workflow::campaign {

class Reader {
 public:
  explicit Reader(const Document& document) : document_(document) {}

  // Dotted keys. Each throws InputError where the value has another type; nothing if the key is absent.
  std::optional<double> number(const std::string& key);
  std::optional<std::int64_t> whole(const std::string& key, std::int64_t minimum);
  std::optional<bool> flag(const std::string& key);
  std::optional<std::string> word(const std::string& key);
  std::optional<std::vector<std::string>> words(const std::string& key);
  std::optional<infer::models::Setting> setting(const std::string& key);
  std::optional<std::vector<infer::models::Setting>> settings(const std::string& key);
  /// A list of tables whose values are settings.
  std::vector<std::vector<std::pair<std::string, infer::models::Setting>>> tables(const std::string& key);

  /// Declares a key, or with a trailing dot all that begins so, as known without reading it.
  void know(std::string key) { known_.push_back(std::move(key)); }
  /// Throws InputError for the first key that is unknown, naming the nearest known one.
  void refuse_unknown_keys() const;

  bool has(const std::string& key) const { return find(key) != nullptr; }
  /// The place of a key, or the file if it is absent.
  std::string place_of(const std::string& key) const;
  /// Throws InputError "FILE:LINE: KEY: what".
  [[noreturn]] void fail(const std::string& key, const std::string& what) const;

 private:
  const toml::node* find(const std::string& key) const;
  const toml::node* ask(const std::string& key);

  const Document& document_;
  std::vector<std::string> known_;
};

}  // namespace praesepe::workflow::campaign
