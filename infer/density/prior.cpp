#include "infer/density/prior.hpp"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/erf.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>

#include "infer/density/beta.hpp"
#include "infer/density/normal.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::density {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct KindInfo {
  std::string_view name;
  Prior::Kind kind;
  std::size_t arguments;
};
constexpr std::array<KindInfo, 8> kKinds{{{"uniform", Prior::Kind::uniform, 2},
                                          {"normal", Prior::Kind::normal, 2},
                                          {"truncated_normal", Prior::Kind::truncated_normal, 4},
                                          {"log_uniform", Prior::Kind::log_uniform, 2},
                                          {"half_normal", Prior::Kind::half_normal, 1},
                                          {"beta", Prior::Kind::beta, 4},
                                          {"fixed", Prior::Kind::fixed, 1},
                                          {"dirichlet", Prior::Kind::dirichlet, 1}}};

const KindInfo& info(Prior::Kind kind) { return *std::ranges::find(kKinds, kind, &KindInfo::kind); }

std::string_view trim(std::string_view s) {
  const auto begin = s.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return s.substr(begin, s.find_last_not_of(" \t") - begin + 1);
}

Prior::Argument parse_argument(std::string_view text, bool may_be_infinite) {
  Prior::Argument argument;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), argument.value);
  const bool number = error == std::errc() && end == text.data() + text.size() &&
                      (std::isfinite(argument.value) || (may_be_infinite && std::isinf(argument.value)));
  if (!number) argument = {0.0, std::string(text)};
  return argument;
}

bool is_name(std::string_view s) {
  return !s.empty() && std::isalpha(static_cast<unsigned char>(s[0])) &&
         std::ranges::all_of(s, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

std::string shortest(double value) {
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

/// x = a + (b - a) U(q), from the nearer end so that neither tail loses digits.
Prior::Image between(double a, double b, double q) {
  const double x = q < 0.0 ? a + (b - a) * Phi(q) : b - (b - a) * Phi(-q);
  return {x, (b - a) * phi(q)};
}

double between_inverse(double a, double b, double x) {
  return x - a < b - x ? Phi_inverse((x - a) / (b - a)) : -Phi_inverse((b - x) / (b - a));
}

/// Truncated normal; either end may be infinite. z is the standardised value, with mass below, inside and above the
/// interval. A tail is always measured from its own side, where Phi keeps its relative precision.
struct Truncated {
  double m, s, a, b;
  double za = (a - m) / s, zb = (b - m) / s;
  double below = Phi(za), inside = between_z(za, zb), above = Phi(-zb);

  /// Phi(z2) - Phi(z1)
  static double between_z(double z1, double z2) { return z1 > 0.0 ? Phi(-z1) - Phi(-z2) : Phi(z2) - Phi(z1); }

  Prior::Image from_normal(double q) const {
    const double left = below + inside * Phi(q), right = above + inside * Phi(-q);  // Phi(z), Phi(-z)
    const double z = std::clamp(left < right ? Phi_inverse(left) : -Phi_inverse(right), za, zb);
    return {m + s * z, s * inside * phi(q) / phi(z)};
  }
  double to_normal(double x) const {
    const double z = (x - m) / s, left = between_z(za, z) / inside, right = between_z(z, zb) / inside;
    return left < right ? Phi_inverse(left) : -Phi_inverse(right);
  }
  double mean() const { return m + s * (phi(za) - phi(zb)) / inside; }
  double sd() const {
    const auto moment = [](double z) { return std::isinf(z) ? 0.0 : z * phi(z); };
    const double shift = (phi(za) - phi(zb)) / inside;
    return s * std::sqrt(1.0 + (moment(za) - moment(zb)) / inside - shift * shift);
  }
};

}  // namespace

Prior::Prior(Kind kind, std::vector<Argument> arguments, bool ascending)
    : kind_(kind), arguments_(std::move(arguments)), ascending_(ascending) {
  if (!has_names()) check();
}

Prior Prior::parse(std::string_view text) {
  constexpr std::string_view kAscending = "ascending";
  const std::string_view whole = trim(text);
  if (whole.starts_with(kAscending) && whole.ends_with("))")) {
    const std::string_view inside = trim(whole.substr(kAscending.size()));
    const Prior prior = parse(inside.substr(1, inside.size() - 2));
    if (prior.is_fixed() || prior.is_joint()) {
      throw InputError("'" + std::string(text) + "': ascending needs a prior of one parameter inside");
    }
    return {prior.kind_, prior.arguments_, true};
  }
  const auto open = whole.find('(');
  const auto known = std::ranges::find(kKinds, trim(whole.substr(0, open)), &KindInfo::name);
  if (open == std::string_view::npos || whole.back() != ')' || known == kKinds.end()) {
    throw InputError("'" + std::string(text) +
                     "' is no prior; expected uniform(a,b), normal(m,s), truncated_normal(m,s,a,b), log_uniform(a,b), "
                     "half_normal(s), beta(a,b,low,high), dirichlet(a), fixed(v) or ascending(...) around one of them");
  }
  std::vector<Argument> arguments;
  std::string_view rest = whole.substr(open + 1, whole.size() - open - 2);
  for (bool more = true; more;) {
    const auto comma = rest.find(',');
    const std::string_view item = trim(rest.substr(0, comma));
    const bool end_of_normal = known->kind == Kind::truncated_normal && arguments.size() >= 2;
    arguments.push_back(parse_argument(item, end_of_normal));
    const bool named = !arguments.back().name.empty();
    if (item.empty() || (named && (known->kind != Kind::uniform || !is_name(item)))) {
      throw InputError("'" + std::string(text) + "': '" + std::string(item) + "' is not a number");
    }
    more = comma != std::string_view::npos;
    if (more) rest = rest.substr(comma + 1);
  }
  if (arguments.size() != known->arguments) {
    throw InputError("'" + std::string(text) + "': " + std::string(known->name) + " takes " +
                     std::to_string(known->arguments) + " arguments");
  }
  return {known->kind, std::move(arguments)};
}

bool Prior::has_names() const {
  return std::ranges::any_of(arguments_, [](const Argument& a) { return !a.name.empty(); });
}

std::string Prior::text() const {
  std::string text = std::string(info(kind_).name) + "(";
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    if (i > 0) text += ", ";
    text += arguments_[i].name.empty() ? shortest(arguments_[i].value) : arguments_[i].name;
  }
  text += ")";
  return ascending_ ? "ascending(" + text + ")" : text;
}

Prior Prior::with_argument(std::size_t i, double value) const {
  auto arguments = arguments_;
  arguments.at(i) = {value, {}};
  return {kind_, std::move(arguments), ascending_};
}

void Prior::check() const {
  const auto require = [this](bool good, const char* what) {
    if (!good) throw InputError("'" + text() + "': " + what);
  };
  switch (kind_) {
    case Kind::uniform: return require(value(0) < value(1), "the first end must be below the second");
    case Kind::normal: return require(value(1) > 0.0, "the standard deviation must be positive");
    case Kind::truncated_normal:
      require(value(1) > 0.0, "the standard deviation must be positive");
      return require(value(2) < value(3), "the lower end must be below the upper");
    case Kind::log_uniform: return require(0.0 < value(0) && value(0) < value(1), "needs 0 < a < b");
    case Kind::half_normal: return require(value(0) > 0.0, "the scale must be positive");
    case Kind::beta:
      require(value(0) > 0.0 && value(1) > 0.0, "the two shapes must be positive");
      return require(value(2) < value(3), "the lower end must be below the upper");
    case Kind::dirichlet: return require(value(0) > 0.0, "the concentration must be positive");
    case Kind::fixed: return;
  }
}

double Prior::lower() const {
  switch (kind_) {
    case Kind::normal: return -kInfinity;
    case Kind::half_normal: return 0.0;
    case Kind::truncated_normal:
    case Kind::beta: return value(2);
    default: return value(0);
  }
}

double Prior::upper() const {
  switch (kind_) {
    case Kind::normal:
    case Kind::half_normal: return kInfinity;
    case Kind::truncated_normal:
    case Kind::beta: return value(3);
    case Kind::fixed: return value(0);
    default: return value(1);
  }
}

double Prior::mean() const {
  switch (kind_) {
    case Kind::uniform: return 0.5 * (value(0) + value(1));
    case Kind::truncated_normal: return Truncated{value(0), value(1), value(2), value(3)}.mean();
    case Kind::log_uniform: return (value(1) - value(0)) / std::log(value(1) / value(0));
    case Kind::half_normal: return value(0) * std::sqrt(2.0 / std::numbers::pi);
    case Kind::beta: return value(2) + (value(3) - value(2)) * value(0) / (value(0) + value(1));
    default: return value(0);
  }
}

double Prior::sd() const {
  switch (kind_) {
    case Kind::uniform: return (value(1) - value(0)) / std::sqrt(12.0);
    case Kind::normal: return value(1);
    case Kind::truncated_normal: return Truncated{value(0), value(1), value(2), value(3)}.sd();
    case Kind::log_uniform: {
      const double square = (value(1) * value(1) - value(0) * value(0)) / (2.0 * std::log(value(1) / value(0)));
      return std::sqrt(square - mean() * mean());
    }
    case Kind::half_normal: return value(0) * std::sqrt(1.0 - 2.0 / std::numbers::pi);
    case Kind::beta: {
      const double sum = value(0) + value(1);
      return (value(3) - value(2)) / sum * std::sqrt(value(0) * value(1) / (sum + 1.0));
    }
    case Kind::fixed:
    case Kind::dirichlet: break;
  }
  return 0.0;
}

Prior::Image Prior::from_normal(double q) const {
  switch (kind_) {
    case Kind::uniform: return between(value(0), value(1), q);
    case Kind::normal: return {value(0) + value(1) * q, value(1)};
    case Kind::truncated_normal: return Truncated{value(0), value(1), value(2), value(3)}.from_normal(q);
    case Kind::log_uniform: {
      const Image log = between(std::log(value(0)), std::log(value(1)), q);
      return {std::exp(log.x), std::exp(log.x) * log.slope};
    }
    case Kind::half_normal: {
      // 1 - F(x) = 2 Phi(-x/s) = Phi(-q) and F(x) = erf(x / (s sqrt 2)) = Phi(q): whichever is small keeps its digits.
      const double z = q > 0.0 ? -Phi_inverse(0.5 * Phi(-q)) : std::numbers::sqrt2 * boost::math::erf_inv(Phi(q));
      return {value(0) * z, value(0) * phi(q) / (2.0 * phi(z))};
    }
    case Kind::beta: {
      const Image image = beta_from_normal(value(0), value(1), q);
      const double range = value(3) - value(2);
      return {value(2) + range * image.x, range * image.slope};
    }
    case Kind::fixed:
    case Kind::dirichlet: break;
  }
  return {value(0), 0.0};
}

double Prior::to_normal(double x) const {
  if (x <= lower()) return -kInfinity;
  if (x >= upper()) return kInfinity;
  switch (kind_) {
    case Kind::uniform: return between_inverse(value(0), value(1), x);
    case Kind::normal: return (x - value(0)) / value(1);
    case Kind::truncated_normal: return Truncated{value(0), value(1), value(2), value(3)}.to_normal(x);
    case Kind::log_uniform: return between_inverse(std::log(value(0)), std::log(value(1)), std::log(x));
    case Kind::half_normal: {
      const double z = x / (value(0) * std::numbers::sqrt2);
      return z < 0.5 ? Phi_inverse(std::erf(z)) : -Phi_inverse(std::erfc(z));
    }
    case Kind::beta: return beta_to_normal(value(0), value(1), (x - value(2)) / (value(3) - value(2)));
    case Kind::fixed:
    case Kind::dirichlet: break;
  }
  return 0.0;
}

}  // namespace praesepe::infer::density
