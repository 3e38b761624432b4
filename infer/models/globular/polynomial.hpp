// Polynomials for the vectorised kernels: fitted at Chebyshev points, evaluated by Horner's rule.
#pragma once

#include <functional>
#include <vector>

namespace praesepe::infer::models::globular {

/// Coefficients (degree + 1) in powers of t of the Chebyshev interpolant of f on -1 <= t <= 1.
/// Conversion to powers costs digits where Chebyshev coefficients fall slower than 2^-n: meant for entire functions.
std::vector<double> fit_polynomial(const std::function<double(double)>& f, int degree);

/// c[0] + c[1] t + ... + c[degree] t^degree, even and odd powers side by side: half the latency of one chain.
/// The number type of c is broadcast to that of t. Inlined by force: a call would spill every vector register.
template <class Value, class Real>
[[gnu::always_inline]] inline Value horner(const std::vector<Real>& c, const Value& t) {
  const Value square = t * t;
  const std::size_t last = c.size() - 1;
  Value a(c[last]), b(last > 0 ? c[last - 1] : Real(0));
  std::size_t n = last > 0 ? last - 1 : 0;
  for (; n >= 2; n -= 2) {
    a = a * square + Value(c[n - 1]);
    b = b * square + Value(c[n - 2]);
  }
  // a holds the powers of the parity of `last`, counted from t^(n + 1); b those from t^n
  if (n == 1) return b * t + Value(c[0]) + a * square;
  return last > 0 ? a * t + b : a;
}

}  // namespace praesepe::infer::models::globular
