#include "sim/astrometry/unit_spelling.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace praesepe::sim::astrometry {

namespace {

// Symbol of a base unit -> its power.
using Powers = std::map<std::string, int>;

std::string canonical(std::string_view symbol) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kSynonyms{{
      {"degree", "deg"},
      {"degrees", "deg"},
      {"milliarcsecond", "mas"},
      {"milliarcseconds", "mas"},
      {"milliarcsec", "mas"},
      {"year", "yr"},
      {"years", "yr"},
      {"a", "yr"},
      {"sec", "s"},
      {"magnitude", "mag"},
      {"parsec", "pc"},
      {"solMass", "Msun"},
  }};
  const auto it = std::ranges::find(kSynonyms, symbol, [](const auto& pair) { return pair.first; });
  return std::string(it == kSynonyms.end() ? symbol : it->second);
}

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

class UnitReader {
 public:
  explicit UnitReader(std::string_view text) : text_(text) {}

  // unit = symbol [power] { separator symbol [power] };  nothing if the text is not of this form.
  std::optional<Powers> read() {
    Powers powers;
    for (int sign = separator(); !text_.empty(); sign = separator()) {
      const auto length = static_cast<std::size_t>(std::ranges::find_if_not(text_, is_letter) - text_.begin());
      if (length == 0 || sign == 0) return std::nullopt;
      const std::string symbol = canonical(take(length));
      const auto exponent = power();
      if (!exponent) return std::nullopt;
      powers[symbol] += sign * *exponent;
    }
    std::erase_if(powers, [](const auto& entry) { return entry.second == 0; });
    return powers;
  }

 private:
  std::string_view take(std::size_t length) {
    const auto taken = text_.substr(0, length);
    text_.remove_prefix(length);
    return taken;
  }

  bool take_any(std::string_view characters) {
    if (text_.empty() || characters.find(text_[0]) == std::string_view::npos) return false;
    take(1);
    return true;
  }

  // Blanks, points and stars multiply (+1), one slash divides (-1); 0 for more slashes than one.
  int separator() {
    int slashes = 0;
    while (!text_.empty() && (text_[0] == '/' || text_[0] == ' ' || text_[0] == '.' || text_[0] == '*')) {
      if (take(1) == "/") ++slashes;
    }
    return slashes == 0 ? 1 : (slashes == 1 ? -1 : 0);
  }

  // yr-1, yr^-1, yr**-1, yr**(-1); 1 if there is none.
  std::optional<int> power() {
    const bool marked = text_.starts_with("**") ? (take(2), true) : take_any("^");
    const bool bracketed = take_any("(");
    const int sign = take_any("-") ? -1 : (take_any("+"), 1);
    if (text_.empty() || !is_digit(text_[0])) {
      const bool plain = !marked && !bracketed && sign == 1;
      return plain ? std::optional(1) : std::nullopt;
    }
    const int value = take(1)[0] - '0';
    if (bracketed && !take_any(")")) return std::nullopt;
    return sign * value;
  }

  std::string_view text_;
};

}  // namespace

bool units_agree(std::string_view one, std::string_view other) {
  const auto a = UnitReader(one).read(), b = UnitReader(other).read();
  return !a || !b || a->empty() || b->empty() || *a == *b;
}

}  // namespace praesepe::sim::astrometry
