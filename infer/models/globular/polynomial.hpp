// Polynomials for the vectorised kernels: fitted at Chebyshev points, evaluated by Horner's rule.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

namespace praesepe::infer::models::globular {

/// Coefficients (degree + 1) in powers of t of the Chebyshev interpolant of f on -1 <= t <= 1.
/// Conversion to powers costs digits where Chebyshev coefficients fall slower than 2^-n: meant for entire functions.
std::vector<double> fit_polynomial(const std::function<double(double)>& f, int degree);

/// Two polynomials of one argument, of the same odd degree: what is short of it is filled up with zeros.
template <class Real>
struct PolynomialPair {
  PolynomialPair() = default;
  PolynomialPair(const std::vector<double>& one, const std::vector<double>& other) {
    const std::size_t pairs = (std::max(one.size(), other.size()) + 1) / 2;
    steps.resize(pairs);
    const auto at = [](const std::vector<double>& c, std::size_t n) {
      return static_cast<Real>(n < c.size() ? c[n] : 0.0);
    };
    for (std::size_t k = 0; k < pairs; ++k) {
      const std::size_t n = 2 * (pairs - 1 - k);
      steps[k] = {at(one, n), at(one, n + 1), at(other, n), at(other, n + 1)};
    }
  }

  /// From the highest powers down: coefficients of t^n and t^(n+1) of the one and of the other, n even.
  struct Step {
    Real even, odd, other_even, other_odd;
  };
  std::vector<Step> steps;
};

/// Both values. Even and odd powers side by side, four chains at once. Inlined by force: a call would spill every
/// vector register.
template <class Value, class Real>
[[gnu::always_inline]] inline std::array<Value, 2> horner(const PolynomialPair<Real>& p, const Value& t) {
  const Value square = t * t;
  const auto* step = p.steps.data();
  Value even(step->even), odd(step->odd), other_even(step->other_even), other_odd(step->other_odd);
  for (const auto* end = step + p.steps.size(); ++step != end;) {
    even = even * square + Value(step->even);
    odd = odd * square + Value(step->odd);
    other_even = other_even * square + Value(step->other_even);
    other_odd = other_odd * square + Value(step->other_odd);
  }
  return {odd * t + even, other_odd * t + other_even};
}

}  // namespace praesepe::infer::models::globular
