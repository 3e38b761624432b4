// The overlap of stars, side by side, with Gaussians of theirs: the arithmetic of overlaps.hpp.
#pragma once

#include <algorithm>
#include <array>

#include "infer/em/batch_solve.hpp"
#include "infer/models/association/star_states.hpp"

namespace praesepe::infer::models::association {

using em::Batch, em::kLanes, em::triangle_at;

inline constexpr Eigen::Index kWidth = static_cast<Eigen::Index>(Batch::size);
static_assert(kLanes % kWidth == 0);

constexpr std::size_t at(Eigen::Index i) { return static_cast<std::size_t>(i); }

using Batch6 = std::array<Batch, 6>;
using BatchTriangle = std::array<Batch, at(em::triangle(6))>;  ///< lower triangle, row by row

struct BatchGaussian {
  Batch6 mean;
  BatchTriangle covariance;

  const Batch& c(Eigen::Index a, Eigen::Index b) const {
    return covariance[at(triangle_at(std::max(a, b), std::min(a, b)))];
  }
};

/// The same Gaussian for all.
inline BatchGaussian broadcast(const Gaussian6& gaussian) {
  BatchGaussian all;
  for (Eigen::Index a = 0; a < 6; ++a) {
    all.mean[at(a)] = Batch(gaussian.mean[a]);
    for (Eigen::Index b = 0; b <= a; ++b) all.covariance[at(triangle_at(a, b))] = Batch(gaussian.covariance(a, b));
  }
  return all;
}

/// Where the numbers of some stars are: `star` points to their lane of a pack of StarStates.
inline Batch field_of(const double* star, Eigen::Index i) { return Batch::load_unaligned(star + i * kLanes); }

/// T and d of some stars.
inline void set_up(const BatchGaussian& gaussian, const double* star, BatchTriangle& t, Batch6& d) {
  const std::array<Batch, 3> n{field_of(star, StarStates::kUnseen), field_of(star, StarStates::kUnseen + 1),
                               field_of(star, StarStates::kUnseen + 2)};
  const auto along = [&n](const Batch& u, const Batch& v, const Batch& w) { return n[0] * u + n[1] * v + n[2] * w; };
  const Batch speed = along(gaussian.mean[3], gaussian.mean[4], gaussian.mean[5]);  // n . mean
  Batch6 cn;                                                                        // C n
  for (Eigen::Index a = 0; a < 6; ++a) cn[at(a)] = along(gaussian.c(a, 3), gaussian.c(a, 4), gaussian.c(a, 5));
  const Batch ncn = n[0] * cn[3] + n[1] * cn[4] + n[2] * cn[5];
  // Pi C Pi + n n^T = C - n (Cn)^T - (Cn) n^T + (1 + nCn) n n^T,  n without entries for positions
  for (Eigen::Index a = 0; a < 6; ++a) {
    d[at(a)] = field_of(star, StarStates::kMean + a) - gaussian.mean[at(a)];
    for (Eigen::Index b = 0; b <= a; ++b) {
      t[at(triangle_at(a, b))] = field_of(star, StarStates::kCovariance + triangle_at(a, b)) + gaussian.c(a, b);
    }
  }
  for (Eigen::Index a = 3; a < 6; ++a) {
    const Batch& na = n[at(a - 3)];
    d[at(a)] += na * speed;
    for (Eigen::Index b = 0; b < 3; ++b) t[at(triangle_at(a, b))] -= na * cn[at(b)];
    const Batch rest = na * (ncn + Batch(1.0)) - cn[at(a)];
    for (Eigen::Index b = 3; b <= a; ++b) t[at(triangle_at(a, b))] += rest * n[at(b - 3)] - na * cn[at(b)];
  }
}

/// ln p, u and u u^T - T^-1 + n n^T of some stars; not to be used where not sound.
struct BatchOverlap {
  Batch value;
  xsimd::batch_bool<double> sound;
  Batch6 u;
  BatchTriangle h;

  const Batch& twice_g(Eigen::Index a, Eigen::Index b) const {
    return h[at(triangle_at(std::max(a, b), std::min(a, b)))];
  }
};

inline BatchOverlap overlap(const BatchGaussian& gaussian, const double* star) {
  BatchTriangle t;
  Batch6 d, inverse_pivot;
  BatchOverlap result;
  set_up(gaussian, star, t, d);
  const em::Solution solution =
      em::solve(em::Rows<6>{6}, t.data(), d.data(), inverse_pivot.data(), result.u.data(), result.h.data());
  result.value = solution.log_density + field_of(star, StarStates::kOffset);
  result.sound = solution.sound;
  for (Eigen::Index a = 0; a < 3; ++a) {
    for (Eigen::Index b = 0; b <= a; ++b) {
      result.h[at(triangle_at(a + 3, b + 3))] +=
          field_of(star, StarStates::kUnseen + a) * field_of(star, StarStates::kUnseen + b);
    }
  }
  return result;
}

}  // namespace praesepe::infer::models::association
