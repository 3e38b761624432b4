// A TOML file as read from disk, before anything is known of its meaning: values, and where each was written.
#pragma once

#include <toml++/toml.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace praesepe::workflow::campaign {

struct Document {
  std::string origin;  ///< what messages call the file
  toml::table root;
  /// Keys of [grid] as they follow one another in the file; the library itself sorts them.
  std::vector<std::string> grid_order;
};

/// Throws InputError "FILE:LINE: ..." where the text is no TOML.
Document parse_document(std::string_view text, const std::string& origin);
/// Reads the file; throws InputError if that is impossible.
Document read_document(const std::filesystem::path& path);

/// Sets one key from "a.b=VALUE"; VALUE is parsed as TOML, else taken as a string. Throws InputError if there is no
/// "=", or if the grid has that key and would leave the setting without effect.
void apply_setting(Document& document, const std::string& assignment);

/// The place of a value: "FILE:LINE", "--set a.b=VALUE", or the file alone where the line is unknown.
std::string place(const Document& document, const toml::node& node);

/// Calls visit(dotted key, value) for every value that is not itself a table, in the library's order.
void visit_leaves(const toml::table& table, const std::string& prefix,
                  const std::function<void(const std::string&, const toml::node&)>& visit);

}  // namespace praesepe::workflow::campaign
