// Noisy points laid out for arithmetic on several at a time: kLanes points of one kind side by side.
//
// Points of one kind have the same measured coordinates, or are projected and have the same number of values. Kinds
// stand in the order in which they first occur, and points of a kind in theirs, so sums over them have a fixed order.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "infer/em/noisy_points.hpp"

namespace praesepe::infer::em {

/// The same for every instruction set; a multiple of all widths.
inline constexpr Eigen::Index kLanes = 8;

/// Entries of the lower triangle of an n x n matrix, and where (a, b), b <= a, stands among them.
constexpr Eigen::Index triangle(Eigen::Index n) { return n * (n + 1) / 2; }
constexpr Eigen::Index triangle_at(Eigen::Index a, Eigen::Index b) { return triangle(a) + b; }

struct PointGroup {
  Eigen::Index measured;            ///< M
  bool projected;                   ///< as of NoisyPoint
  std::vector<Eigen::Index> rows;   ///< (M) if not projected
  std::vector<std::size_t> points;  ///< which points these are, (n)
  /// (packs, fields, kLanes); fields: y (M), lower triangle of S, R (M, D) row by row if projected.
  /// Lanes past the last point hold y = 0, S = 1, R = 0.
  std::vector<double> fields;

  Eigen::Index field_count(Eigen::Index dimension) const {
    return measured + triangle(measured) + (projected ? measured * dimension : 0);
  }
};

std::vector<PointGroup> pack(const NoisyPoints& points);

}  // namespace praesepe::infer::em
