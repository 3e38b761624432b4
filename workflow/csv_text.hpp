// Text as a cell of CSV.
#pragma once

#include <string>

namespace praesepe::workflow {

/// In quotes where it holds what separates cells (RFC 4180).
inline std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace praesepe::workflow
