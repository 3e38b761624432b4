// One symmetric positive definite system of M equations at several points at a time: T = L D L', one point a lane.
#pragma once

#include <limits>
#include <xsimd/xsimd.hpp>

#include "infer/em/packed_points.hpp"

namespace praesepe::infer::em {

using Batch = xsimd::batch<double>;

/// M as a compile-time number if kRows > 0: loops over it unroll.
template <int kRows>
struct Rows {
  Eigen::Index value;
  constexpr operator Eigen::Index() const { return kRows > 0 ? kRows : value; }
};

struct Solution {
  Batch log_density;                // ln N(y; R m, T) + M/2 ln 2 pi
  xsimd::batch_bool<double> sound;  // it is finite, and T positive definite beyond rounding
};

/// With M known all loops are unrolled, which by itself GCC leaves half done: a fifth of the time of a long integral.
/// Factors T = L D L' in place; u = T^-1 r, h = u u' - T^-1 (triangles). r is overwritten by L^-1 r.
template <int kRows>
Solution solve(Rows<kRows> rows, Batch* t, Batch* r, Batch* inverse_pivot, Batch* u, Batch* h) {
  constexpr double kRounding = 16.0 * std::numeric_limits<double>::epsilon();
  const Eigen::Index m = rows;
  Solution solution{Batch(0.0), xsimd::batch_bool<double>(true)};
  Batch distance(0.0), product(1.0), log_determinant(0.0);
#pragma GCC unroll 6
  for (Eigen::Index j = 0; j < m; ++j) {
    Batch* row = t + triangle(j);
#pragma GCC unroll 6
    for (Eigen::Index b = 0; b < j; ++b) {
      Batch scaled = row[b];  // L_jb D_b
#pragma GCC unroll 6
      for (Eigen::Index e = 0; e < b; ++e) scaled -= row[e] * t[triangle_at(b, e)];
      row[b] = scaled;
    }
    const Batch diagonal = row[j];
    Batch pivot = diagonal, z = r[j];
#pragma GCC unroll 6
    for (Eigen::Index b = 0; b < j; ++b) {
      const Batch l = row[b] * inverse_pivot[b];
      pivot -= l * row[b];
      z -= l * r[b];
      row[b] = l;
    }
    solution.sound = solution.sound && (pivot > diagonal * kRounding);
    inverse_pivot[j] = Batch(1.0) / pivot;
    r[j] = z;
    distance += z * z * inverse_pivot[j];
    product *= pivot;
    if (j % 4 == 3 || j + 1 == m) {  // few logarithms, and no overflow of the product
      log_determinant += xsimd::log(product);
      product = Batch(1.0);
    }
  }
#pragma GCC unroll 6
  for (Eigen::Index j = 0; j < m; ++j) {  // L becomes W = L^-1, below a unit diagonal
    Batch* row = t + triangle(j);
#pragma GCC unroll 6
    for (Eigen::Index b = 0; b < j; ++b) {
      Batch sum = row[b];
#pragma GCC unroll 6
      for (Eigen::Index e = b + 1; e < j; ++e) sum += row[e] * t[triangle_at(e, b)];
      row[b] = -sum;
    }
    row[j] = Batch(1.0);
  }
  // u = W' D^-1 z,   T^-1 = W' D^-1 W
#pragma GCC unroll 6
  for (Eigen::Index a = 0; a < m; ++a) {
    Batch sum(0.0);
#pragma GCC unroll 6
    for (Eigen::Index j = a; j < m; ++j) sum += t[triangle_at(j, a)] * inverse_pivot[j] * r[j];
    u[a] = sum;
#pragma GCC unroll 6
    for (Eigen::Index b = 0; b <= a; ++b) {
      Batch entry = sum * u[b];
#pragma GCC unroll 6
      for (Eigen::Index j = a; j < m; ++j) entry -= t[triangle_at(j, a)] * inverse_pivot[j] * t[triangle_at(j, b)];
      h[triangle_at(a, b)] = entry;
    }
  }
  solution.log_density = (distance + log_determinant) * Batch(-0.5);
  solution.sound = solution.sound && xsimd::abs(solution.log_density) < Batch(std::numeric_limits<double>::max());
  return solution;
}

}  // namespace praesepe::infer::em
