// One-dimensional priors, and the bijection that each defines: q = Phi^-1(F(x)).
//
//   F   distribution function of the prior          Phi   standard normal distribution function
//
// In the coordinate q every prior is a standard normal, so log prior + log Jacobian = -q^2/2 - ln(2 pi)/2, prior edges
// lie at infinity, and a sampler starts from a target of unit scale. Evidences are those of the normalised prior.
//
// Written in campaign files as uniform(a,b), normal(m,s), truncated_normal(m,s,a,b), log_uniform(a,b), half_normal(s),
// beta(a,b,low,high) (a Beta distribution stretched over low to high), fixed(v). The ends of truncated_normal may be
// -inf and inf. An argument of uniform may be a name instead of a number: `observed` (range of the data) or a bound
// that the study defines, such as F_b.
//
// Two kinds are a joint prior of all parameters of a family, and this class only their notation: dirichlet(a), a the
// parameter's own concentration (conditional.hpp), and ascending(...) around one of the others (labels.hpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/random/stream.hpp"

namespace praesepe::infer::density {

class Prior {
 public:
  enum class Kind { uniform, normal, truncated_normal, log_uniform, half_normal, beta, fixed, dirichlet };

  /// A number, or a name that stands for one (name non-empty).
  struct Argument {
    double value = 0.0;
    std::string name;
  };

  /// Parses the notation above. Throws InputError that says what is wrong and lists the kinds.
  static Prior parse(std::string_view text);

  Kind kind() const { return kind_; }
  bool is_fixed() const { return kind_ == Kind::fixed; }
  bool is_ascending() const { return ascending_; }
  bool is_joint() const { return ascending_ || kind_ == Kind::dirichlet; }
  /// The prior inside ascending(...).
  Prior alone() const { return {kind_, arguments_}; }
  const std::vector<Argument>& arguments() const { return arguments_; }
  /// True if some argument is still a name.
  bool has_names() const;
  /// Canonical text; parse(text()) gives the same prior. Numbers with the fewest digits that read back exactly.
  std::string text() const;
  /// The same prior with the i-th argument replaced by a number; checks the arguments once none is a name (InputError).
  Prior with_argument(std::size_t i, double value) const;

  // The rest needs has_names() == false and is_joint() == false.

  double lower() const;  ///< end of the support; may be -infinity
  double upper() const;
  double mean() const;
  double sd() const;

  /// x(q) and its derivative dx/dq. Strictly increasing; accurate in both tails. fixed: value, slope 0.
  struct Image {
    double x;
    double slope;
  };
  Image from_normal(double q) const;
  /// q(x), the inverse; +-infinity at or beyond the ends of the support.
  double to_normal(double x) const;
  double sample(sim::random::Stream& stream) const { return from_normal(stream.normal()).x; }

 private:
  Prior(Kind kind, std::vector<Argument> arguments, bool ascending = false);
  void check() const;
  double value(std::size_t i) const { return arguments_[i].value; }

  Kind kind_;
  std::vector<Argument> arguments_;
  bool ascending_;
};

}  // namespace praesepe::infer::density
