#include "workflow/campaign/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "sim/error.hpp"

namespace praesepe::workflow::campaign {

namespace {

constexpr std::string_view kObserve = "observe.";

/// "observe.stars" = ... and observe.stars = ... mean the same in [grid]; keep the second form.
void unquote_observe_keys(toml::table& grid) {
  std::vector<std::string> quoted;
  for (const auto& [key, node] : grid) {
    if (key.str().starts_with(kObserve)) quoted.emplace_back(key.str());
  }
  for (const std::string& key : quoted) {
    toml::table& observe = *grid.insert("observe", toml::table{}).first->second.as_table();
    grid.at(key).visit([&](auto& node) { observe.insert(key.substr(kObserve.size()), std::move(node)); });
    grid.erase(key);
  }
}

std::vector<std::string> keys_by_position(const toml::table& grid) {
  std::vector<std::pair<toml::source_position, std::string>> keys;
  visit_leaves(grid, "", [&keys](const std::string& key, const toml::node& node) {
    if (key != "exclude" && key != "order") keys.emplace_back(node.source().begin, key);
  });
  std::ranges::sort(keys, [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (auto& [position, key] : keys) names.push_back(std::move(key));
  return names;
}

/// After a change: what is still on the grid keeps its place, what is new comes last.
void update_grid_order(Document& document) {
  const toml::table* grid = document.root["grid"].as_table();
  const auto now = grid ? keys_by_position(*grid) : std::vector<std::string>{};
  auto& order = document.grid_order;
  std::erase_if(order, [&now](const std::string& key) { return std::ranges::find(now, key) == now.end(); });
  for (const std::string& key : now) {
    if (std::ranges::find(order, key) == order.end()) order.push_back(key);
  }
}

toml::table parse(std::string_view text, const std::string& origin) {
  try {
    return toml::parse(text, origin);
  } catch (const toml::parse_error& error) {
    throw InputError(fmt::format("{}:{}: not valid TOML: {}", origin, error.source().begin.line, error.description()));
  }
}

}  // namespace

Document parse_document(std::string_view text, const std::string& origin) {
  Document document{origin, parse(text, origin), {}};
  if (toml::table* grid = document.root["grid"].as_table()) {
    if (const toml::node* observe = grid->get("observe"); observe && !observe->is_table()) {
      throw InputError(place(document, *observe) + ": grid.observe: expected observe.KEY = [values]");
    }
    unquote_observe_keys(*grid);
    document.grid_order = keys_by_position(*grid);
  }
  return document;
}

Document read_document(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  // A folder opens like a file, and fails only when read.
  if (!file || !(text << file.rdbuf())) {
    if (std::filesystem::is_regular_file(path) && std::filesystem::is_empty(path)) {
      throw InputError(path.string() + ": the file is empty; expected a campaign");
    }
    throw InputError(path.string() + ": cannot be read; expected a campaign file");
  }
  return parse_document(text.str(), path.string());
}

void apply_setting(Document& document, const std::string& assignment) {
  const auto equals = assignment.find('=');
  const std::string origin = "--set " + assignment;
  if (equals == std::string::npos || equals == 0) throw InputError(origin + ": expected a.b=VALUE");
  const std::string key = assignment.substr(0, equals), value = assignment.substr(equals + 1);

  toml::table holder;
  try {
    holder = toml::parse("value = " + value, origin);
  } catch (const toml::parse_error&) {
    holder = toml::table{};
  }
  if (holder.size() != 1) {
    std::ostringstream quoted;
    quoted << toml::value<std::string>(value);
    holder = toml::parse("value = " + quoted.str(), origin);
  }

  // a.b.c: walk down, making tables on the way.
  toml::table* table = &document.root;
  std::string_view rest = key;
  for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    toml::node& next = table->insert(rest.substr(0, dot), toml::table{}).first->second;
    if (!next.is_table()) throw InputError(origin + ": " + std::string(rest.substr(0, dot)) + " is not a table");
    table = next.as_table();
    rest = rest.substr(dot + 1);
  }
  if (rest.empty()) throw InputError(origin + ": expected a.b=VALUE");
  if (key.starts_with(kObserve) && document.root.at_path("grid." + key)) {
    throw InputError(fmt::format("{0}: {1} is on the grid, whose values count; set grid.{1}", origin, key));
  }
  holder.at("value").visit([&](auto& node) { table->insert_or_assign(rest, std::move(node)); });

  update_grid_order(document);
}

std::string place(const Document& document, const toml::node& node) {
  const toml::source_region& source = node.source();
  const std::string file = source.path ? *source.path : document.origin;
  if (source.begin.line == 0 || file != document.origin) return file;
  return fmt::format("{}:{}", file, source.begin.line);
}

void visit_leaves(const toml::table& table, const std::string& prefix,
                  const std::function<void(const std::string&, const toml::node&)>& visit) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      visit_leaves(*inner, name + ".", visit);
    } else {
      visit(name, node);
    }
  }
}

}  // namespace praesepe::workflow::campaign
