// Pareto-smoothed importance sampling: the largest ratios are replaced by quantiles of a fitted generalised Pareto
// tail.
//
//   tail = the min(S/5, 3 sqrt S) largest ratios; its shape k says how far the proposal can be trusted (k-hat)
//
// Vehtari, Simpson, Gelman, Yao & Gabry (2024), JMLR 25, 72; tail fit of Zhang & Stephens (2009), Technometrics 51,
// 316. Agreement with R's `loo` to 1e-9: tests/infer/diagnostics/psis_test.cpp.
#pragma once

#include <Eigen/Core>

namespace praesepe::infer::diagnostics {

struct SmoothedRatios {
  Eigen::VectorXd log_weights;  ///< (S) as log_ratios, the tail smoothed, none above the largest ratio
  double k_hat;                 ///< +infinity if the tail is too short to fit
};
/// Log ratios may be -infinity, but not NaN or +infinity.
SmoothedRatios pareto_smooth(const Eigen::VectorXd& log_ratios);

/// The largest k-hat at which an estimate from S draws can be relied on: min(1 - 1/log10 S, 0.7).
double k_hat_limit(Eigen::Index size);

}  // namespace praesepe::infer::diagnostics
