// The function E_a(x) from which lowered isothermal models are made, with its derivatives.
//
//   E(a, x) = e^x P(a, x) = sum_{k>=0} x^(a+k) / Gamma(a+k+1),   E(0, x) = e^x         Gieles & Zocchi 2015, appendix D
//   dE/dx   = E(a-1, x) = E(a, x) + x^(a-1)/Gamma(a)
//   dE/da   = sum_{k>=0} (ln x - digamma(a+k+1)) x^(a+k) / Gamma(a+k+1)
//
// P is the regularised lower incomplete gamma function; a >= 0, 0 <= x <= 700. Integrating over one velocity component
// raises the order by one half: int dv E(a, y - v^2/2) = sqrt(2 pi) E(a + 1/2, y).
// Accuracy: every term of E is positive, so E and dE/dx hold 1e-14 relative; dE/da holds 1e-14 of (1 + |ln x|) E
// (tests/sim/globular/e_gamma_test.cpp).
#pragma once

namespace praesepe::sim::globular {

struct EGamma {
  double value = 0.0;
  double d_x = 0.0;
  double d_a = 0.0;
};

/// E and its derivatives. At x = 0 they are the limits from above, which may be infinite (d_x for 0 < a < 1, d_a for a
/// = 0).
EGamma e_gamma(double a, double x);

/// ln E and its derivatives (d_x = dlnE/dx, d_a = dlnE/da), also where E itself underflows. x > 0.
EGamma log_e_gamma(double a, double x);

}  // namespace praesepe::sim::globular
