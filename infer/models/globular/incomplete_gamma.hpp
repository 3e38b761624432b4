// The regularised incomplete gamma function P(a, y) at one order a and many arguments, with d/dy and d/da, for SIMD
// batches.
//
//   P(a,y) = y^a f(y) / Gamma(a+1),   f(y) = a int_0^1 s^(a-1) e^(-y s) ds = 1F1(a; a+1; -y)
//
// f is expanded about the middle of 0 <= y <= largest; the coefficients are moments of e^(-ys), all of one sign, and
// come from a downward recurrence that loses no digits. Error 1e-6 relative in single, 1e-12 in double precision for
// largest <= 14 (tests/infer/models/globular/kernels_test.cpp).
#pragma once

#include <limits>
#include <vector>
#include <xsimd/xsimd.hpp>

#include "infer/models/globular/polynomial.hpp"

namespace praesepe::infer::models::globular {

/// Taylor coefficients of f and df/da in t = y / middle - 1, and the constants beside them; double precision.
struct IncompleteGammaSeries {
  /// a > 0; largest > 0; coefficients below `tolerance` are cut off.
  IncompleteGammaSeries(double a, double largest, double tolerance);
  double order, middle;
  double inverse_gamma;  ///< 1 / Gamma(a + 1)
  double digamma;        ///< psi(a + 1)
  std::vector<double> f, f_a;
};

template <class Real>
class IncompleteGamma {
 public:
  IncompleteGamma(double a, double largest) {
    const IncompleteGammaSeries series(a, largest, std::numeric_limits<Real>::epsilon() / 16.0);
    order_ = static_cast<Real>(series.order);
    inverse_middle_ = static_cast<Real>(1.0 / series.middle);
    inverse_gamma_ = static_cast<Real>(series.inverse_gamma);
    digamma_ = static_cast<Real>(series.digamma);
    f_.assign(series.f.begin(), series.f.end());
    f_a_.assign(series.f_a.begin(), series.f_a.end());
  }

  template <class Batch>
  struct Value {
    Batch p, d_y, d_a;
  };

  /// P and its derivatives, times exp(log_factor); y in (0, largest].
  template <class Batch>
  [[gnu::always_inline]] Value<Batch> times_exp(const Batch& log_factor, const Batch& y) const {
    const Batch t = y * Batch(inverse_middle_) - Batch(Real(1));
    const Batch log_y = xsimd::log(y);
    const Batch power = xsimd::exp(Batch(order_) * log_y + log_factor) * Batch(inverse_gamma_);
    const Batch p = power * horner(f_, t);
    // dP/dy = a y^(a-1) e^(-y) / Gamma(a+1)
    return {p, Batch(order_) * power * xsimd::exp(-y) / y, p * (log_y - Batch(digamma_)) + power * horner(f_a_, t)};
  }

  /// P and its derivatives.
  template <class Batch>
  [[gnu::always_inline]] Value<Batch> operator()(const Batch& y) const {
    return times_exp(Batch(Real(0)), y);
  }

 private:
  Real order_, inverse_middle_, inverse_gamma_, digamma_;
  std::vector<Real> f_, f_a_;
};

}  // namespace praesepe::infer::models::globular
