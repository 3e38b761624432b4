// Modified Bessel functions in the form that the proper-motion convolution needs, for SIMD batches.
//
//   scaled_i0(x) = exp(-x) I0(x)          deficit(x) = 1 - I1(x) / I0(x)          x >= 0
//
// Polynomials in x/4 - 1 below x = 8, in 16/x - 1 above. Relative error 1e-6 in single, 1e-12 in double precision
// (tests/infer/models/globular/kernels_test.cpp).
#pragma once

#include <xsimd/xsimd.hpp>

#include "infer/models/globular/polynomial.hpp"

namespace praesepe::infer::models::globular {

template <class Real>
struct BesselTables {
  PolynomialPair<Real> near;  ///< exp(-x) I0, exp(-x) I1 below 8
  PolynomialPair<Real> far;   ///< sqrt(x) exp(-x) I0, x (1 - I1/I0) above 8

  static const BesselTables& instance();
};

template <class Batch>
struct BesselValues {
  Batch scaled_i0, deficit;
};

template <class Batch, class Real = typename Batch::value_type>
[[gnu::always_inline]] inline BesselValues<Batch> bessel(const Batch& x, const BesselTables<Real>& tables) {
  const auto far = x > Batch(Real(8));
  const Batch inverse = Batch(Real(1)) / xsimd::max(x, Batch(Real(8)));
  const auto [far_i0, far_deficit] = horner(tables.far, Batch(Real(16)) * inverse - Batch(Real(1)));
  BesselValues<Batch> value{far_i0 * xsimd::sqrt(inverse), far_deficit * inverse};
  if (xsimd::all(far)) return value;  // the common case where the noise is small
  const auto [i0, i1] = horner(tables.near, xsimd::min(x, Batch(Real(8))) * Batch(Real(0.25)) - Batch(Real(1)));
  value.scaled_i0 = xsimd::select(far, value.scaled_i0, i0);
  value.deficit = xsimd::select(far, value.deficit, (i0 - i1) / i0);
  return value;
}

}  // namespace praesepe::infer::models::globular
