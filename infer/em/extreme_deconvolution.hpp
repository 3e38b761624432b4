// Extreme deconvolution: the Gaussian mixture that noisy, projected, incomplete points were drawn from, by EM.
//
//   ln L = sum_i ln sum_k w_k N(y_i; R_i m_k, R_i V_k R_i' + S_i)        Bovy, Hogg & Roweis 2011
//
// What is maximised is ln L, or with regularisation w > 0 ln L + sum_k -1/2 (ln |V_k| + w tr V_k^-1) over components
// whose covariance is free, which keeps covariances away from zero: their M step is V_k = (sum_i ... + w 1) / (q_k +
// 1). It never decreases from one iteration to the next, by more than rounding (extreme_deconvolution_test.cpp).
// Derivation and states: infer/README.md.
//
// EM creeps where components overlap: Anderson acceleration on (ln w, m, Cholesky factor of V) tries a longer step, and
// the plain one is taken wherever that is not better.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "infer/em/gaussian_mixture.hpp"
#include "infer/em/noisy_points.hpp"

namespace praesepe::infer::em {

/// What stays as it is at the start.
struct Fixed {
  bool weight = false;
  bool mean = false;
  bool covariance = false;
};

struct FitOptions {
  double regularisation = 0.0;  ///< w, in squared units of x; 0: plain maximum likelihood
  double tolerance = 1e-10;     ///< gain per point, below which three iterations in a row end the fit
  int max_iterations = 5000;
  bool accelerate = true;
  std::vector<Fixed> fixed = {};  ///< (K), or empty: nothing is fixed
};

/// How a fit ended. Where several apply, the first of: too_few_points, singular, component_died, identical_components,
/// iteration_limit.
enum class State {
  converged,
  iteration_limit,
  too_few_points,  ///< fewer measured values than free parameters: the fit was run, and may mean little
  singular,        ///< a component became narrower than rounding where noise does not widen it: ln L has no maximum
  component_died,  ///< a component holds less than a thousandth of a point
  identical_components  ///< two components agree to 1e-4 of their widths
};

std::string_view name_of(State state);

struct Fit {
  GaussianMixture mixture;      ///< the last at which ln L is finite, or the start
  double log_likelihood = 0.0;  ///< ln L there
  std::vector<double> history;  ///< what is maximised, at the start and after every iteration
  int iterations = 0;
  int passes = 0;  ///< over the points, refused longer steps included: what the fit cost
  State state = State::converged;
  std::string message;  ///< which component, and what to do; empty if converged

  /// What is maximised, at `mixture`.
  double objective() const { return history.back(); }
};

/// Throws InputError if the start is no mixture of the points' dimension, if `fixed` has another length than it, or if
/// an option is out of range. Numbers that make no sense are a state, never an exception.
Fit fit(const NoisyPoints& points, const GaussianMixture& start, const FitOptions& options = {});

/// ln L; -infinity where a component is singular at a point.
double log_likelihood(const NoisyPoints& points, const GaussianMixture& mixture);
/// ln w_k N(y_i; R_i m_k, T_ik), (N, K). Throws InputError where a component is singular at a point.
Matrix log_terms(const NoisyPoints& points, const GaussianMixture& mixture);
/// The probability of each component given the point, (N, K); rows sum to 1. Throws as `log_terms`.
Matrix responsibilities(const NoisyPoints& points, const GaussianMixture& mixture);
/// Schwarz's criterion, parameters x ln N - 2 ln L: the smaller the better.
double bic(const NoisyPoints& points, const GaussianMixture& mixture);

}  // namespace praesepe::infer::em
