// The modes of a posterior, each with its curvature and its Laplace evidence.
//
//   ln Z = lp + D/2 ln(2 pi) + 1/2 ln det C,      C = inverse of -Hessian at the mode
//
// Every start climbs by BFGS. An optimum within kSameMode standard deviations of a known mode is that mode; any other
// gets its Hessian from central differences of the gradient, along axes that BFGS has whitened and with steps of 0.01
// standard deviations (about 2 D evaluations). Where the Hessian shows a saddle, the climb goes on to both sides of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "infer/density/log_density.hpp"

namespace praesepe::infer::nuts {

using density::Matrix;
using density::Vector;

/// Mahalanobis distance, in the covariance of the known mode, below which two optima are one.
constexpr double kSameMode = 0.5;

struct Mode {
  Vector position;          ///< (D)
  double lp;                ///< log density there
  Matrix covariance;        ///< (D, D) of the Laplace approximation; positive definite also where the Hessian is not
  double log_evidence;      ///< Laplace, or better once refined
  bool is_refined = false;  ///< evidence from importance sampling
};

struct ModeSearch {
  std::vector<Mode> modes;         ///< in the order found
  std::vector<std::string> notes;  ///< starts moved or dropped, climbs that ended early
};

/// Climbs from every start (D). A start outside the support is drawn towards one inside, or towards the origin if there
/// is none, and dropped if that does not help. If no climb reaches a top, the first start stands in for a mode, with
/// unit covariance: that of the prior.
ModeSearch find_modes(const density::LogDensity& target, const std::vector<Vector>& starts);

/// Climbs from a point inside the support to a mode, which is added to `search` if it is new; returns its index. A
/// climb that reaches no top (an unbounded density, a ridge without end) is noted and adds a mode only if there is none
/// yet.
std::optional<std::size_t> climb(const density::LogDensity& target, const Vector& start, ModeSearch& search);

}  // namespace praesepe::infer::nuts
