// Between matrices in memory and flat rows in a file.
#pragma once

#include <fmt/core.h>

#include <Eigen/Core>
#include <limits>
#include <vector>

#include "sim/error.hpp"
#include "workflow/store/dimensioned_file.hpp"

namespace praesepe::workflow::store {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Doubles = std::vector<double>;
using Integers = std::vector<std::int64_t>;
using Flags = std::vector<std::int8_t>;
using Words = std::vector<std::string>;

/// Rows and columns of a matrix in the file.
struct Shape {
  Eigen::Index rows, cols;
};

inline Eigen::MatrixXd nan_matrix(Shape shape) { return Eigen::MatrixXd::Constant(shape.rows, shape.cols, kNaN); }

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The rows of `matrix` one after the other; a smaller matrix is padded with NaN.
inline Doubles by_rows(const Eigen::MatrixXd& matrix, Shape shape) {
  RowMajor padded = nan_matrix(shape);
  padded.topLeftCorner(matrix.rows(), matrix.cols()) = matrix;
  return {padded.data(), padded.data() + padded.size()};
}

inline Eigen::MatrixXd from_rows(const Doubles& values, Shape shape) {
  return Eigen::Map<const RowMajor>(values.data(), shape.rows, shape.cols);
}

/// (draw, chain) as the file's (chain, draw): columns one after the other. Throws InternalError for another shape.
inline Doubles by_chains(const Eigen::MatrixXd& draws, Shape shape) {
  if (draws.rows() != shape.rows || draws.cols() != shape.cols)
    throw InternalError(fmt::format("draws of shape ({}, {}) where ({}, {}) was expected", draws.rows(), draws.cols(),
                                    shape.rows, shape.cols));
  return {draws.data(), draws.data() + draws.size()};
}

inline Eigen::MatrixXd from_chains(const Doubles& values, Shape shape) {
  return Eigen::Map<const Eigen::MatrixXd>(values.data(), shape.rows, shape.cols);
}

/// The attribute that netCDF readers look for; none if there is no unit.
inline Attributes units(const std::string& unit) { return unit.empty() ? Attributes{} : Attributes{{"units", unit}}; }

}  // namespace praesepe::workflow::store
