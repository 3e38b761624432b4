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

/// Symmetric 6 x 6: the lower triangle, row by row.
struct BatchSymmetric : std::array<Batch, at(em::triangle(6))> {
  static std::size_t place(Eigen::Index a, Eigen::Index b) {
    return association::at(triangle_at(std::max(a, b), std::min(a, b)));
  }
  const Batch& operator()(Eigen::Index a, Eigen::Index b) const { return (*this)[place(a, b)]; }
  Batch& operator()(Eigen::Index a, Eigen::Index b) { return (*this)[place(a, b)]; }
};

struct BatchGaussian {
  Batch6 mean;
  BatchSymmetric covariance;
};

/// The same Gaussian for all.
inline BatchGaussian broadcast(const Gaussian6& gaussian) {
  BatchGaussian all;
  for (Eigen::Index a = 0; a < 6; ++a) {
    all.mean[at(a)] = Batch(gaussian.mean[a]);
    for (Eigen::Index b = 0; b <= a; ++b) all.covariance(a, b) = Batch(gaussian.covariance(a, b));
  }
  return all;
}

/// Where the numbers of some stars are: `lane` points to theirs in a pack of StarStates.
inline Batch field_of(const double* lane, Eigen::Index i) { return Batch::load_unaligned(lane + i * kLanes); }

template <std::size_t M>
std::array<Batch, M> fields_of(const double* lane, Eigen::Index first) {
  std::array<Batch, M> fields;
  for (std::size_t i = 0; i < M; ++i) fields[i] = field_of(lane, first + static_cast<Eigen::Index>(i));
  return fields;
}

/// Pi y, Pi S Pi and n of some stars.
struct BatchStars {
  Batch6 mean;
  BatchSymmetric covariance;
  std::array<Batch, 3> unseen;
};

inline BatchStars stars_of(const double* lane) {
  return {fields_of<6>(lane, StarStates::kMean),
          {fields_of<21>(lane, StarStates::kCovariance)},
          fields_of<3>(lane, StarStates::kUnseen)};
}

/// T and d of some stars.
inline void set_up(const BatchGaussian& gaussian, const BatchStars& stars, BatchSymmetric& t, Batch6& d) {
  const std::array<Batch, 3>& n = stars.unseen;
  const auto along = [&n](const Batch& u, const Batch& v, const Batch& w) { return n[0] * u + n[1] * v + n[2] * w; };
  const Batch speed = along(gaussian.mean[3], gaussian.mean[4], gaussian.mean[5]);  // n . mean
  Batch6 cn;                                                                        // C n
  for (Eigen::Index a = 0; a < 6; ++a)
    cn[at(a)] = along(gaussian.covariance(a, 3), gaussian.covariance(a, 4), gaussian.covariance(a, 5));
  const Batch ncn = n[0] * cn[3] + n[1] * cn[4] + n[2] * cn[5];
  // Pi C Pi + n n^T = C - n (Cn)^T - (Cn) n^T + (1 + nCn) n n^T,  n without entries for positions
  for (Eigen::Index a = 0; a < 6; ++a) {
    d[at(a)] = stars.mean[at(a)] - gaussian.mean[at(a)];
    for (Eigen::Index b = 0; b <= a; ++b) {
      t(a, b) = stars.covariance(a, b) + gaussian.covariance(a, b);
    }
  }
  for (Eigen::Index a = 3; a < 6; ++a) {
    const Batch& na = n[at(a - 3)];
    d[at(a)] += na * speed;
    for (Eigen::Index b = 0; b < 3; ++b) t(a, b) -= na * cn[at(b)];
    const Batch rest = na * (ncn + Batch(1.0)) - cn[at(a)];
    for (Eigen::Index b = 3; b <= a; ++b) t(a, b) += rest * n[at(b - 3)] - na * cn[at(b)];
  }
}

/// ln p + M/2 ln 2 pi, u and u u^T - T^-1 + n n^T of some stars; not to be used where not sound.
struct BatchOverlap {
  Batch value;
  xsimd::batch_bool<double> sound;
  Batch6 u;
  BatchSymmetric h;  ///< twice the slopes by C
};

inline BatchOverlap overlap(const BatchGaussian& gaussian, const BatchStars& stars) {
  BatchSymmetric t;
  Batch6 d, inverse_pivot;
  BatchOverlap result;
  set_up(gaussian, stars, t, d);
  const em::Solution solution =
      em::solve(em::Rows<6>{6}, t.data(), d.data(), inverse_pivot.data(), result.u.data(), result.h.data());
  result.value = solution.log_density;
  result.sound = solution.sound;
  for (Eigen::Index a = 0; a < 3; ++a)
    for (Eigen::Index b = 0; b <= a; ++b) result.h(a + 3, b + 3) += stars.unseen[at(a)] * stars.unseen[at(b)];
  return result;
}

/// The same of the stars in `lane`, integrated over the distances of those whose parallaxes leave them open.
///
///   p = integral dt e^5t N(1 - e^-t; 0, rho^2) N(y(t); m, C + S(t))       y(t), S(t): star_states.hpp
///
/// e^5t: r^4 of direction and proper motion becoming lengths and speeds, and dr = r dt; in the units of the linear
/// density, to which it tends as rho does to 0. Trapezoids about the star's likely distance, which with its width is
/// the linear density's: 23 to 6.6 widths on both sides; 15 to 6.3 and 11 to 5 where all stars of a pack have more than
/// 30 and 50 sigma. All is smooth, so they converge exponentially, and the slopes are those of
/// the integral. Accuracy: 1e-5 down to 3 sigma, for groups of 2 to 60 pc
/// (tests/infer/models/association/overlaps_test.cpp). Cost: as many linear densities as trapezoids.
BatchOverlap overlap_with(const BatchGaussian& gaussian, const double* lane);

}  // namespace praesepe::infer::models::association
