// exp and log for the arguments that the kernels have, for SIMD batches, without what a library's must do for those
// that are not numbers, denormal or infinite.
//
//   exp x = 2^k (1 + r + r^2 Q(r)),      k = round(x / ln 2), |r| <= ln 2 / 2
//   ln x  = k ln 2 + f - f^2/2 + f^3 Q(f),   x = 2^k (1 + f), 1/sqrt 2 <= 1 + f < sqrt 2
//
// Q are minimax polynomials. Relative errors below 2e-7 in single precision (tests/infer/models/globular/
// kernels_test.cpp); in double precision they are the library's.
#pragma once

#include <cstdint>
#include <type_traits>
#include <xsimd/xsimd.hpp>

namespace praesepe::infer::models::globular {

/// x < 88, a number; below -87 it is exp(-87), which counts as nothing.
template <class Batch>
[[gnu::always_inline]] inline Batch quick_exp(const Batch& x) {
  if constexpr (!std::is_same_v<typename Batch::value_type, float>)
    return xsimd::exp(x);
  else {
    using Integers = xsimd::as_integer_t<Batch>;
    const Batch inside = xsimd::max(x, Batch(-87.0F)), k = xsimd::nearbyint(inside * Batch(1.44269504F));
    const Batch r = inside - k * Batch(0.693359375F) - k * Batch(-2.12194440e-4F);
    Batch q = Batch(0.00138145986F) * r + Batch(0.00836871713F);
    q = q * r + Batch(0.0416683881F);
    q = q * r + Batch(0.166665206F);
    q = q * r + Batch(0.499999934F);
    const Integers power = (xsimd::to_int(k) + Integers(127)) << 23;
    return ((q * r) * r + r + Batch(1.0F)) * xsimd::bitwise_cast<Batch>(power);
  }
}

/// x positive, neither denormal nor infinite; of anything else some finite number.
template <class Batch>
[[gnu::always_inline]] inline Batch quick_log(const Batch& x) {
  if constexpr (!std::is_same_v<typename Batch::value_type, float>)
    return xsimd::log(x);
  else {
    using Integers = xsimd::as_integer_t<Batch>;
    constexpr std::int32_t kRootOfHalf = 0x3f3504f3;
    const Integers bits = xsimd::bitwise_cast<Integers>(x);
    const Integers exponent = (bits - Integers(kRootOfHalf)) >> 23;
    const Batch k = xsimd::to_float(exponent), f = xsimd::bitwise_cast<Batch>(bits - (exponent << 23)) - Batch(1.0F);
    Batch q = Batch(0.0869936107F) * f + Batch(-0.142683393F);
    q = q * f + Batch(0.149154548F);
    q = q * f + Batch(-0.165775115F);
    q = q * f + Batch(0.199630002F);
    q = q * f + Batch(-0.250013383F);
    q = q * f + Batch(0.333339121F);
    const Batch square = f * f;
    // the small part of k ln 2 first
    const Batch low = k * Batch(-2.12194440e-4F) + (q * f - Batch(0.5F)) * square;
    return k * Batch(0.693359375F) + (low + f);
  }
}

}  // namespace praesepe::infer::models::globular
