// The cluster's velocity law at one order a, for SIMD batches: the regularised incomplete gamma function P(a, y) with its
// derivatives, at any y, and in the form in which it meets the escape speed.
//
//   P(a,y) = y^a f(y) / Gamma(a+1),   f(y) = a int_0^1 s^(a-1) e^(-y s) ds = 1F1(a; a+1; -y)
//
// f is expanded about the middle of 0 <= y <= largest; the coefficients are moments of e^(-ys), all of one sign, and
// come from a downward recurrence that loses no digits. At the nodes u = e - width c of edge() (velocity_integral.hpp),
// where e = sqrt(2 phi) is the escape speed and h = (e - u) / 2e < 1/2,
//
//   y = phi - u^2/2 = e width c (1 - h),    y^a = (e width)^a  c^a  (1-h)^a:
//
// the first factor is common to all nodes, the second to all stars, the third a polynomial. Error 1e-6 relative in
// single, 1e-12 in double precision for largest <= 14 (tests/infer/models/globular/kernels_test.cpp).
#pragma once

#include <vector>
#include <xsimd/xsimd.hpp>

#include "infer/models/globular/polynomial.hpp"
#include "infer/models/globular/quadrature.hpp"

namespace praesepe::infer::models::globular {

template <class Real>
class VelocityLaw {
 public:
  /// a > 0; largest > 0; so many nodes at the escape speed.
  VelocityLaw(double a, double largest, const GaussLegendre& nodes);

  Real order() const { return order_; }

  template <class Batch>
  struct Value {
    Batch p, d_y, d_a;  ///< P and its derivatives
    Batch log_slope;    ///< d ln(dP/dy) / da
  };

  /// y in (0, largest].
  template <class Batch>
  [[gnu::always_inline]] inline Value<Batch> operator()(const Batch& y) const {
    const Batch t = y * Batch(inverse_middle_) - Batch(Real(1)), log_y = xsimd::log(y);
    const Batch power = xsimd::exp(Batch(order_) * log_y) * Batch(inverse_gamma_);
    const auto [f, f_a] = horner(f_, t);
    const Batch p = power * f, since = log_y - Batch(digamma_);
    // dP/dy = a y^(a-1) e^(-y) / Gamma(a+1)
    return {p, Batch(order_) * power * xsimd::exp(-y) / y, p * since + power * f_a, since + Batch(inverse_order_)};
  }

  /// A node at the escape speed: c = (1-s)^2, ln c, and the weight 2 (1-s) w c^a of the Gauss-Legendre node (s, w).
  struct Node {
    Real c, log_c, weight;
  };
  const std::vector<Node>& nodes() const { return nodes_; }

  template <class Batch>
  struct NodeValue {
    Batch p, d_a;  ///< (1-h)^a f(y), and what is left of dP/da when the common factor's is taken out
  };
  template <class Batch>
  [[gnu::always_inline]] inline NodeValue<Batch> below_escape(const Batch& y, const Batch& h, Real log_c) const {
    const auto [f, f_a] = horner(f_, y * Batch(inverse_middle_) - Batch(Real(1)));
    const auto [power, log_power] = horner(lowered_, Batch(Real(4)) * h - Batch(Real(1)));
    const Batch p = power * f;
    return {p, p * (log_power + Batch(log_c)) + power * f_a};
  }

  template <class Batch>
  struct Common {
    Batch p, d_log;  ///< (e width)^a / Gamma(a+1), and its logarithmic derivative to a
  };
  template <class Batch>
  [[gnu::always_inline]] inline Common<Batch> power(const Batch& escape_times_width) const {
    const Batch log_x = xsimd::log(escape_times_width);
    return {xsimd::exp(Batch(order_) * log_x) * Batch(inverse_gamma_), log_x - Batch(digamma_)};
  }

 private:
  Real order_, inverse_order_, inverse_middle_, inverse_gamma_, digamma_;
  PolynomialPair<Real> f_;        ///< f and df/da in y / middle - 1
  PolynomialPair<Real> lowered_;  ///< (1-h)^a and ln(1-h) in 4 h - 1
  std::vector<Node> nodes_;
};

}  // namespace praesepe::infer::models::globular
