// Polynomials of degree five, as tables keep them: c[0] + c[1] t + ... + c[5] t^5.
#pragma once

namespace praesepe::sim::globular {

inline double quintic(const double* c, double t) {
  return c[0] + t * (c[1] + t * (c[2] + t * (c[3] + t * (c[4] + t * c[5]))));
}

inline double quintic_slope(const double* c, double t) {
  return c[1] + t * (2.0 * c[2] + t * (3.0 * c[3] + t * (4.0 * c[4] + t * 5.0 * c[5])));
}

}  // namespace praesepe::sim::globular
