// What the tests of associations share: differences to hold derivatives against, rows of reference tables as states.
#pragma once

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <string>

#include "sim/association/phase_space.hpp"
#include "tests/support/reference_table.hpp"

namespace praesepe::sim::association {

/// df/dx at x = 0 by central differences with steps h and h/2, extrapolated: errors of order h^4.
template <class Function>
auto central_difference(const Function& f, double h) {
  const auto slope = [&](double step) { return ((f(step) - f(-step)) / (2.0 * step)).eval(); };
  return ((4.0 * slope(0.5 * h) - slope(h)) / 3.0).eval();
}

/// d f(x) / dx, column by column.
template <class Function>
Matrix6 jacobian_by_differences(const Function& f, const Vector6& x, const Vector6& steps) {
  Matrix6 jacobian;
  for (int k = 0; k < 6; ++k) {
    jacobian.col(k) = central_difference([&](double h) { return Vector6(f(x + h * Vector6::Unit(k))); }, steps[k]);
  }
  return jacobian;
}

/// The columns PREFIX_x ... PREFIX_w of a row, or x ... w without a prefix.
inline Vector6 read_state(const tests::ReferenceTable& table, std::size_t row, const std::string& prefix) {
  Vector6 state;
  for (int i = 0; i < 6; ++i) state[i] = table.number(row, prefix + "xyzuvw"[i]);
  return state;
}

/// The columns PREFIX_xx ... PREFIX_ww of a row: an upper triangle.
inline Matrix6 read_covariance(const tests::ReferenceTable& table, std::size_t row, const std::string& prefix) {
  const std::string axes = "xyzuvw";
  Matrix6 covariance;
  for (int i = 0; i < 6; ++i) {
    for (int j = i; j < 6; ++j) {
      const auto [a, b] = std::pair(axes[static_cast<std::size_t>(i)], axes[static_cast<std::size_t>(j)]);
      covariance(i, j) = covariance(j, i) = table.number(row, prefix + a + b);
    }
  }
  return covariance;
}

/// The largest |a_ij - b_ij| / sqrt(b_ii b_jj).
inline double covariance_difference(const Matrix6& a, const Matrix6& b) {
  const Vector6 scale = b.diagonal().cwiseSqrt().cwiseInverse();
  return (scale.asDiagonal() * (a - b) * scale.asDiagonal()).cwiseAbs().maxCoeff();
}

/// The largest |a_ij - b_ij| in units of the largest |b_ij| of the same row, or of 1.
inline double row_difference(const Matrix6& a, const Matrix6& b) {
  return ((a - b).cwiseAbs().rowwise().maxCoeff().array() / b.cwiseAbs().rowwise().maxCoeff().array().max(1.0))
      .maxCoeff();
}

inline Vector6 state(double x, double y, double z, double u, double v, double w) { return {x, y, z, u, v, w}; }

}  // namespace praesepe::sim::association
