#include "workflow/campaign/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/error.hpp"
#include "workflow/campaign/nearest_name.hpp"

namespace praesepe::workflow::campaign {

using infer::models::Setting;

namespace {

std::optional<double> as_finite_number(const toml::node& node) {
  std::optional<double> value;
  if (node.is_number()) value = node.value<double>();
  return value && std::isfinite(*value) ? value : std::nullopt;
}

/// Switches are numbers to a study.
std::optional<Setting> as_setting(const toml::node& node) {
  if (const auto value = as_finite_number(node)) return *value;
  if (const auto* flag = node.as_boolean()) return flag->get() ? 1.0 : 0.0;
  if (const auto* text = node.as_string()) return text->get();
  return std::nullopt;
}

bool is_known(const std::string& key, const std::vector<std::string>& known) {
  return std::ranges::any_of(known,
                             [&key](const std::string& k) { return k.ends_with('.') ? key.starts_with(k) : key == k; });
}

}  // namespace

const toml::node* Reader::find(const std::string& key) const {
  const toml::node* node = &document_.root;
  for (std::size_t begin = 0; node && begin <= key.size();) {
    const std::size_t end = std::min(key.find('.', begin), key.size());
    const toml::table* table = node->as_table();
    node = table ? table->get(std::string_view(key).substr(begin, end - begin)) : nullptr;
    begin = end + 1;
  }
  return node;
}

const toml::node* Reader::ask(const std::string& key) {
  know(key);
  return find(key);
}

std::string Reader::place_of(const std::string& key) const {
  const toml::node* node = find(key);
  return node ? place(document_, *node) : document_.origin;
}

void Reader::fail(const std::string& key, const std::string& what) const {
  throw InputError(place_of(key) + ": " + key + ": " + what);
}

std::optional<double> Reader::number(const std::string& key) {
  const toml::node* node = ask(key);
  if (!node) return std::nullopt;
  const auto value = as_finite_number(*node);
  if (!value) fail(key, "expected a finite number");
  return value;
}

std::optional<std::int64_t> Reader::whole(const std::string& key, std::int64_t minimum) {
  const toml::node* node = ask(key);
  if (!node) return std::nullopt;
  const auto* value = node->as_integer();
  if (!value || value->get() < minimum) fail(key, fmt::format("expected a whole number, {} or more", minimum));
  return value->get();
}

std::optional<bool> Reader::flag(const std::string& key) {
  const toml::node* node = ask(key);
  if (!node) return std::nullopt;
  if (!node->is_boolean()) fail(key, "expected true or false");
  return node->as_boolean()->get();
}

std::optional<std::string> Reader::word(const std::string& key) {
  const toml::node* node = ask(key);
  if (!node) return std::nullopt;
  if (!node->is_string()) fail(key, "expected a string in quotes");
  return node->as_string()->get();
}

std::optional<std::vector<std::string>> Reader::words(const std::string& key) {
  const toml::node* node = ask(key);
  if (!node) return std::nullopt;
  const toml::array* array = node->as_array();
  std::vector<std::string> words;
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    const auto* text = array->get(i)->as_string();
    if (!text) fail(key, "expected a list of strings");
    words.push_back(text->get());
  }
  if (!array) fail(key, "expected a list of strings");
  return words;
}

std::optional<Setting> Reader::setting(const std::string& key) {
  const toml::node* node = ask(key);
  if (!node) return std::nullopt;
  const auto value = as_setting(*node);
  if (!value) fail(key, "expected a number or a string");
  return value;
}

std::optional<std::vector<Setting>> Reader::settings(const std::string& key) {
  const toml::node* node = ask(key);
  if (!node) return std::nullopt;
  const toml::array* array = node->as_array();
  if (!array || array->empty()) fail(key, "expected a list of values, such as [1.0, 2.0]");
  std::vector<Setting> values;
  for (const toml::node& item : *array) {
    const auto value = as_setting(item);
    if (!value) fail(key, "expected a list of numbers or strings");
    values.push_back(*value);
  }
  return values;
}

std::vector<std::vector<std::pair<std::string, Setting>>> Reader::tables(const std::string& key) {
  std::vector<std::vector<std::pair<std::string, Setting>>> rows;
  const toml::node* node = ask(key);
  if (!node) return rows;
  const toml::array* array = node->as_array();
  if (!array) fail(key, "expected a list of tables, such as [{ a = 1.0, b = 2.0 }]");
  for (const toml::node& item : *array) {
    if (!item.is_table()) fail(key, "expected a list of tables, such as [{ a = 1.0, b = 2.0 }]");
    auto& row = rows.emplace_back();
    visit_leaves(*item.as_table(), "", [&](const std::string& name, const toml::node& leaf) {
      const auto value = as_setting(leaf);
      if (!value) fail(key, name + ": expected a number or a string");
      row.emplace_back(name, *value);
    });
  }
  return rows;
}

void Reader::refuse_unknown_keys() const {
  for (const auto& [section, node] : document_.root) {
    const std::string name(section.str());
    const bool known = std::ranges::any_of(known_, [&](const auto& k) { return k.starts_with(name + "."); });
    if (node.is_table() && known) continue;
    std::vector<std::string> sections;
    for (const std::string& k : known_) sections.push_back(k.substr(0, k.find('.')));
    const std::string nearest = nearest_name(name, sections);
    throw InputError(
        fmt::format("{}: {}", place(document_, node),
                    known ? fmt::format("{}: expected a table [{}]", name, name)
                          : fmt::format("[{}]: unknown section; the nearest known one is [{}]", name, nearest)));
  }
  visit_leaves(document_.root, "", [this](const std::string& key, const toml::node& node) {
    if (is_known(key, known_)) return;
    throw InputError(fmt::format("{}: {}: unknown key; the nearest known key is {}", place(document_, node), key,
                                 nearest_name(key, known_)));
  });
}

}  // namespace praesepe::workflow::campaign
