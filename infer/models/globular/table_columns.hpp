// Neighbouring numbers of a table, from another place for each lane of a SIMD batch; part of the kernel
// (star_kernel_impl.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

namespace praesepe::infer::models::globular {

template <class Batch, std::size_t kColumns>
struct TableColumns {
  using Real = typename Batch::value_type;

  /// [c], lane j: table[place[j] + c].
  [[gnu::always_inline]] static std::array<Batch, kColumns> at(const Real* table, const Batch& place) {
    alignas(64) xsimd::as_integer_t<Real> first[Batch::size];
    xsimd::to_int(place).store_aligned(first);
    alignas(64) Real column[kColumns][Batch::size];
    for (std::size_t j = 0; j < Batch::size; ++j) {
      for (std::size_t c = 0; c < kColumns; ++c) column[c][j] = table[first[j] + static_cast<std::int64_t>(c)];
    }
    std::array<Batch, kColumns> result;
    for (std::size_t c = 0; c < kColumns; ++c) result[c] = Batch::load_aligned(column[c]);
    return result;
  }
};

#ifdef __AVX512F__
/// Four numbers at once from four places into the quarters of a register, and four such registers transposed.
template <std::size_t kColumns>
requires(kColumns % 4 == 0) struct TableColumns<xsimd::batch<float, xsimd::avx512bw>, kColumns> {
  using Batch = xsimd::batch<float, xsimd::avx512bw>;

  [[gnu::always_inline]] static std::array<Batch, kColumns> at(const float* table, const Batch& place) {
    alignas(64) std::int32_t first[Batch::size];
    xsimd::to_int(place).store_aligned(first);
    std::array<Batch, kColumns> result;
    for (std::size_t c = 0; c < kColumns; c += 4) {
      __m512 quarters[4];  // [k]: of lanes k, k + 4, k + 8, k + 12
      for (std::size_t k = 0; k < 4; ++k) {
        const auto four = [&](std::size_t lane) { return _mm_loadu_ps(table + first[lane] + c); };
        const __m512 one = _mm512_castps128_ps512(four(k));
        const __m512 two = _mm512_insertf32x4(one, four(k + 4), 1), three = _mm512_insertf32x4(two, four(k + 8), 2);
        quarters[k] = _mm512_insertf32x4(three, four(k + 12), 3);
      }
      const __m512 low01 = _mm512_unpacklo_ps(quarters[0], quarters[1]),
                   high01 = _mm512_unpackhi_ps(quarters[0], quarters[1]),
                   low23 = _mm512_unpacklo_ps(quarters[2], quarters[3]),
                   high23 = _mm512_unpackhi_ps(quarters[2], quarters[3]);
      result[c] = _mm512_shuffle_ps(low01, low23, 0x44);
      result[c + 1] = _mm512_shuffle_ps(low01, low23, 0xee);
      result[c + 2] = _mm512_shuffle_ps(high01, high23, 0x44);
      result[c + 3] = _mm512_shuffle_ps(high01, high23, 0xee);
    }
    return result;
  }
};
#endif

}  // namespace praesepe::infer::models::globular
