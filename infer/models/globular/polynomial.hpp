// Polynomials for the vectorised kernels: fitted at Chebyshev points, evaluated by Horner's rule.
#pragma once

#include <functional>
#include <vector>

namespace praesepe::infer::models::globular {

/// Coefficients (degree + 1) in powers of t of the Chebyshev interpolant of f on -1 <= t <= 1.
/// Conversion to powers costs digits where Chebyshev coefficients fall slower than 2^-n: meant for entire functions.
std::vector<double> fit_polynomial(const std::function<double(double)>& f, int degree);

/// c[0] + c[1] t + ... + c[degree] t^degree. The number type of c is broadcast to that of t.
template <class Value, class Real>
Value horner(const std::vector<Real>& c, const Value& t) {
  Value sum(c.back());
  for (std::size_t n = c.size() - 1; n-- > 0;) sum = sum * t + Value(c[n]);
  return sum;
}

}  // namespace praesepe::infer::models::globular
