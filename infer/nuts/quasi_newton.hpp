// A local maximum of a log density by BFGS, from one starting point.
//
//   direction H g, g = gradient of log pi, H = running estimate of the inverse of -Hessian (dense, D x D)
//   step by bracketing for the weak Wolfe conditions (Lewis & Overton 2013, Math. Program. 141, 135)
//
// A point where log pi or its gradient is not finite counts as infinitely bad, so edges of the support and steep
// regions only shorten a step. The first step is at most of length 1: targets have unit prior scale.
#pragma once

#include "infer/density/log_density.hpp"

namespace praesepe::infer::nuts {

using density::Matrix;
using density::Vector;

struct Optimum {
  Vector position, gradient;  ///< (D)
  double lp;                  ///< -infinity if the start already was outside the support
  Matrix inverse_hessian;     ///< (D, D) BFGS estimate for -log pi; positive definite, rough after few steps
  bool converged;             ///< stopped by the rule below, or where rounding hides any further gain
  bool is_at_edge;            ///< stopped by an edge of the support, where the log density still rises
};

struct OptimiserOptions {
  int max_iterations = 300;
  double tolerance = 1e-6;     ///< nats: stop when the expected gain g'Hg/2 is smaller, and
  double max_gradient = 1e-2;  ///< when |g| is, so that no direction of unit scale which H does not know yet is missed
  Matrix inverse_hessian;      ///< (D, D) to begin with; empty: a multiple of the identity
};

Optimum maximise(const density::LogDensity& target, const Vector& start, const OptimiserOptions& options = {});

}  // namespace praesepe::infer::nuts
