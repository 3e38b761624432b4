#include "sim/astrometry/formats/ecsv_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "sim/error.hpp"

namespace praesepe::sim::astrometry::formats {

namespace {

using Mapping = std::map<std::string, std::string, std::less<>>;

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(indent_of(text));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

// Steps over one scalar or nested collection and returns a scalar's text.
class FlowReader {
 public:
  explicit FlowReader(std::string_view text) : text_(text) {}

  bool ends() const { return position_ >= text_.size(); }
  char next() const { return ends() ? '\0' : text_[position_]; }
  void skip(std::string_view characters) {
    position_ = std::min(text_.find_first_not_of(characters, position_), text_.size());
  }

  std::string scalar(std::string_view stops) {
    if (next() == '\'') return single_quoted();
    if (next() == '"') return double_quoted();
    const std::size_t begin = position_;
    for (int depth = 0; !ends(); ++position_) {
      const char c = next();
      if (depth == 0 && stops.find(c) != std::string_view::npos) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
    }
    return std::string(trimmed(text_.substr(begin, position_ - begin)));
  }

 private:
  std::string single_quoted() {
    std::string scalar;
    for (++position_; !ends(); ++position_) {
      if (next() == '\'') {
        ++position_;
        if (next() != '\'') break;
      }
      if (!ends()) scalar += next();
    }
    return scalar;
  }

  std::string double_quoted() {
    std::string scalar;
    for (++position_; !ends(); ++position_) {
      if (next() == '"') {
        ++position_;
        break;
      }
      if (next() != '\\') {
        scalar += next();
        continue;
      }
      ++position_;
      scalar += escaped();
    }
    return scalar;
  }

  char escaped() {
    const char c = next();
    if (c == 'n') return '\n';
    if (c == 't') return '\t';
    if (c != 'x') return c;
    unsigned code = 0;
    const auto digits = text_.substr(position_ + 1, 2);
    std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    position_ = std::min(position_ + 2, text_.size());
    return static_cast<char>(code);
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

// {name: ra, unit: deg, datatype: float64}
Mapping flow_mapping(std::string_view text) {
  Mapping mapping;
  FlowReader reader(text.substr(1));
  for (;;) {
    reader.skip(" ,");
    if (reader.ends() || reader.next() == '}') return mapping;
    std::string key = reader.scalar(":,}");
    reader.skip(": ");
    mapping[std::move(key)] = reader.scalar(",}");
    // Whatever stands between a quoted scalar and the next comma is not YAML that such headers use.
    reader.scalar(",}");
  }
}

// One `key: value` a line, all with the indentation of the first; deeper lines carry on what is above them.
Mapping block_mapping(const std::vector<std::string_view>& lines) {
  Mapping mapping;
  std::size_t indent = std::string_view::npos;
  for (const auto line : lines) {
    if (trimmed(line).empty()) continue;
    if (indent == std::string_view::npos) indent = indent_of(line);
    if (indent_of(line) != indent) continue;
    FlowReader reader(trimmed(line));
    std::string key = reader.scalar(":");
    reader.skip(": ");
    mapping[std::move(key)] = reader.scalar("");
  }
  return mapping;
}

// `lines` of one column, the dash of the first replaced by a blank.
Mapping column_mapping(const std::vector<std::string_view>& lines) {
  if (!trimmed(lines.front()).starts_with('{')) return block_mapping(lines);
  std::string joined;
  for (const auto line : lines) joined += std::string(trimmed(line)) + " ";
  return flow_mapping(joined);
}

HeaderColumn header_column(const Mapping& mapping, const std::string& origin, std::size_t index) {
  const auto value = [&](std::string_view key) {
    const auto it = mapping.find(key);
    return it == mapping.end() ? std::string() : it->second;
  };
  if (!mapping.contains("name"))
    throw InputError(fmt::format("{}: column {} of the ECSV header has no name", origin, index));
  const std::string type = value("datatype");
  const bool is_number =
      type.starts_with("int") || type.starts_with("uint") || type.starts_with("float") || type.empty();
  return {.name = value("name"), .unit = value("unit"), .is_number = is_number && value("subtype").empty()};
}

// Lines of the leading `#` block without the `# `; `length` becomes the number of bytes they take.
std::vector<std::string_view> comment_lines(std::string_view text, std::size_t& length) {
  std::vector<std::string_view> lines;
  length = 0;
  while (text.substr(length).starts_with('#')) {
    const auto end = std::min(text.find('\n', length), text.size());
    auto line = text.substr(length + 1, end - length - 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    lines.push_back(line);
    length = std::min(end + 1, text.size());
  }
  return lines;
}

bool begins_item(std::string_view line) { return trimmed(line) == "-" || trimmed(line).starts_with("- "); }

}  // namespace

EcsvHeader parse_ecsv_header(std::string_view text, const std::string& origin) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const std::size_t mark = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  EcsvHeader header;
  const auto lines = comment_lines(text.substr(mark), header.length);
  header.length += mark;
  if (lines.empty() || !lines[0].starts_with("%ECSV ")) {
    throw InputError(origin +
                     ": expected '# %ECSV 1.0' as the first line. A plain table is read under the extension .csv.");
  }
  std::vector<std::vector<std::string>> items;  // lines of each column
  bool in_columns = false;
  std::size_t item_indent = 0;
  for (const auto line : lines) {
    const bool is_item = begins_item(line);
    if (indent_of(line) == 0 && !is_item) {
      in_columns = trimmed(line) == "datatype:";
      if (line.starts_with("delimiter:") && line.find(',') != std::string_view::npos) header.delimiter = ',';
      continue;
    }
    if (!in_columns) continue;
    if (is_item && items.empty()) item_indent = indent_of(line);
    if (is_item && indent_of(line) == item_indent) {
      std::string first(line);
      first[item_indent] = ' ';
      items.push_back({std::move(first)});
    } else if (!items.empty()) {
      items.back().emplace_back(line);
    }
  }
  for (const auto& item : items) {
    const std::vector<std::string_view> views(item.begin(), item.end());
    header.columns.push_back(header_column(column_mapping(views), origin, header.columns.size() + 1));
  }
  if (header.columns.empty()) throw InputError(origin + ": the ECSV header declares no columns (datatype: ...)");
  return header;
}

}  // namespace praesepe::sim::astrometry::formats
