// A number with its exact derivatives with respect to the two shape parameters Phi0 and g (forward differentiation).
//
// The structure solver runs on these, so the derivatives it returns are those of the discrete solution itself.
#pragma once

#include <cmath>

namespace praesepe::sim::globular {

struct Sensitive {
  double value = 0.0;
  double d_phi0 = 0.0;
  double d_g = 0.0;
};

inline Sensitive operator+(const Sensitive& a, const Sensitive& b) {
  return {a.value + b.value, a.d_phi0 + b.d_phi0, a.d_g + b.d_g};
}
inline Sensitive operator-(const Sensitive& a, const Sensitive& b) {
  return {a.value - b.value, a.d_phi0 - b.d_phi0, a.d_g - b.d_g};
}
inline Sensitive operator-(const Sensitive& a) { return {-a.value, -a.d_phi0, -a.d_g}; }
inline Sensitive operator*(double c, const Sensitive& a) { return {c * a.value, c * a.d_phi0, c * a.d_g}; }
inline Sensitive operator*(const Sensitive& a, const Sensitive& b) {
  return {a.value * b.value, a.value * b.d_phi0 + b.value * a.d_phi0, a.value * b.d_g + b.value * a.d_g};
}

/// f(a), given f and f' there.
inline Sensitive chain(const Sensitive& a, double f, double derivative) {
  return {f, derivative * a.d_phi0, derivative * a.d_g};
}
inline Sensitive inverse(const Sensitive& a) { return chain(a, 1.0 / a.value, -1.0 / (a.value * a.value)); }
inline Sensitive operator/(const Sensitive& a, const Sensitive& b) { return a * inverse(b); }
inline Sensitive sqrt(const Sensitive& a) {
  const double root = std::sqrt(a.value);
  return chain(a, root, 0.5 / root);
}
inline Sensitive log(const Sensitive& a) { return chain(a, std::log(a.value), 1.0 / a.value); }

}  // namespace praesepe::sim::globular
