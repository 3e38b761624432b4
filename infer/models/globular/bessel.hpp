// Modified Bessel functions in the form that the proper-motion convolution needs, for SIMD batches.
//
//   scaled_i0(x) = exp(-x) I0(x)          deficit(x) = 1 - I1(x) / I0(x)          x >= 0
//
// Polynomials in x/4 - 1 below x = 8, in 16/x - 1 above. Relative error 3e-7 in single, 1e-13 in double precision
// (tests/infer/models/globular/kernels_test.cpp).
#pragma once

#include <boost/math/special_functions/bessel.hpp>
#include <type_traits>
#include <vector>
#include <xsimd/xsimd.hpp>

#include "infer/models/globular/polynomial.hpp"

namespace praesepe::infer::models::globular {

template <class Real>
struct BesselTables {
  std::vector<Real> near_i0, near_i1;     ///< exp(-x) I0, exp(-x) I1 below 8
  std::vector<Real> far_i0, far_deficit;  ///< sqrt(x) exp(-x) I0, x (1 - I1/I0) above 8

  static const BesselTables& instance() {
    static const BesselTables tables;
    return tables;
  }

 private:
  static std::vector<Real> fit(const std::function<double(double)>& f, int degree) {
    const auto coefficients = fit_polynomial(f, degree);
    return {coefficients.begin(), coefficients.end()};
  }
  static double scaled(int order, double x) { return std::exp(-x) * boost::math::cyl_bessel_i(order, x); }
  /// sqrt(x) exp(-x) I_order(x) from its asymptotic series beyond x = 40, where exp(x) I is about to overflow.
  static double far(int order, double x) {
    if (x < 40.0) return std::sqrt(x) * scaled(order, x);
    double term = 1.0, sum = 1.0;
    for (int k = 1; k < 25; ++k) {
      const double odd = 2.0 * k - 1.0;
      term *= -(4.0 * order * order - odd * odd) / (8.0 * k * x);
      sum += term;
    }
    return sum / std::sqrt(2.0 * 3.14159265358979323846);
  }
  static double far_deficit_of(double x) {
    if (x < 40.0) return x * (1.0 - far(1, x) / far(0, x));
    // x (I0 - I1) / I0 with the leading terms of the two series cancelled by hand
    double term0 = 1.0, term1 = 1.0, difference = 0.0;
    for (int k = 1; k < 25; ++k) {
      const double odd = 2.0 * k - 1.0;
      term0 *= odd * odd / (8.0 * k * x);
      term1 *= -(4.0 - odd * odd) / (8.0 * k * x);
      difference += term0 - term1;
    }
    return x * difference / (far(0, x) * std::sqrt(2.0 * 3.14159265358979323846));
  }
  BesselTables() {
    constexpr bool single = std::is_same_v<Real, float>;
    const auto near_x = [](double t) { return 4.0 * (t + 1.0); };
    const auto far_x = [](double t) { return 16.0 / std::max(t + 1.0, 1e-12); };
    near_i0 = fit([&](double t) { return scaled(0, near_x(t)); }, single ? 16 : 34);
    near_i1 = fit([&](double t) { return scaled(1, near_x(t)); }, single ? 16 : 34);
    far_i0 = fit([&](double t) { return far(0, far_x(t)); }, single ? 7 : 18);
    far_deficit = fit([&](double t) { return far_deficit_of(far_x(t)); }, single ? 7 : 18);
  }
};

template <class Batch>
struct BesselValues {
  Batch scaled_i0, deficit;
};

template <class Batch>
BesselValues<Batch> bessel(const Batch& x) {
  using Real = typename Batch::value_type;
  const auto& tables = BesselTables<Real>::instance();
  const auto far = x > Batch(Real(8));
  BesselValues<Batch> value;
  // Clear of the escape speed's neighbourhood most arguments are large: skip the other branch when all are.
  const Batch safe = xsimd::max(x, Batch(Real(8)));
  const Batch t_far = Batch(Real(16)) / safe - Batch(Real(1));
  value.scaled_i0 = horner(tables.far_i0, t_far) / xsimd::sqrt(safe);
  value.deficit = horner(tables.far_deficit, t_far) / safe;
  if (xsimd::all(far)) return value;
  const Batch t_near = xsimd::min(x, Batch(Real(8))) * Batch(Real(0.25)) - Batch(Real(1));
  const Batch i0 = horner(tables.near_i0, t_near), i1 = horner(tables.near_i1, t_near);
  value.scaled_i0 = xsimd::select(far, value.scaled_i0, i0);
  value.deficit = xsimd::select(far, value.deficit, (i0 - i1) / i0);
  return value;
}

}  // namespace praesepe::infer::models::globular
