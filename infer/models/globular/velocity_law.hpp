// The cluster's velocity law at one order a, for SIMD batches: the regularised incomplete gamma function P(a, y) with
// its derivatives.
//
//   P(a,y) = y^a f(y) / Gamma(a+1),   f(y) = a int_0^1 s^(a-1) e^(-y s) ds = 1F1(a; a+1; -y)
//
// f is expanded about the middle of 0 <= y <= largest; the coefficients are moments of e^(-ys), all of one sign, and
// come from a downward recurrence that loses no digits. Error 1e-6 relative in single, 1e-12 in double precision for
// largest <= 14 (tests/infer/models/globular/kernels_test.cpp).
#pragma once

#include <xsimd/xsimd.hpp>

#include "infer/models/globular/elementary.hpp"
#include "infer/models/globular/polynomial.hpp"

namespace praesepe::infer::models::globular {

template <class Real>
class VelocityLaw {
 public:
  /// a > 0; largest > 0.
  VelocityLaw(double a, double largest);

  Real order() const { return order_; }

  template <class Batch>
  struct Value {
    Batch p, d_y, d_a;  ///< P and its derivatives
    Batch log_slope;    ///< d ln(dP/dy) / da
  };

  /// y in (0, largest].
  template <class Batch>
  [[gnu::always_inline]] inline Value<Batch> operator()(const Batch& y) const {
    const Batch log_y = quick_log(y);
    const Batch power = quick_exp(Batch(order_) * log_y) * Batch(inverse_gamma_);
    const auto [f, f_a] = factor(y);
    const Batch p = power * f, since_a = since(log_y);
    // dP/dy = a y^(a-1) e^(-y) / Gamma(a+1)
    return {p, Batch(order_) * power * quick_exp(-y) / y, p * since_a + power * f_a, since_a + Batch(inverse_order_)};
  }

  /// P without y^a / Gamma(a+1): f and df/da.
  template <class Batch>
  [[gnu::always_inline]] inline std::array<Batch, 2> factor(const Batch& y) const {
    return horner(f_, y * Batch(inverse_middle_) - Batch(Real(1)));
  }
  /// d ln(y^a / Gamma(a+1)) / da
  template <class Batch>
  [[gnu::always_inline]] inline Batch since(const Batch& log_y) const {
    return log_y - Batch(digamma_);
  }
  Real inverse_gamma() const { return inverse_gamma_; }

 private:
  Real order_, inverse_order_, inverse_middle_, inverse_gamma_, digamma_;
  PolynomialPair<Real> f_;  ///< f and df/da in y / middle - 1
};

}  // namespace praesepe::infer::models::globular
