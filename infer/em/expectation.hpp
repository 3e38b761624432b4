// The E step: what noisy points say about a Gaussian mixture, in sums from which the M step follows without them.
//
//   T_ik = R_i V_k R_i' + S_i,   u_ik = T_ik^-1 (y_i - R_i m_k),   q_ik = w_k N(y_i; R_i m_k, T_ik) / sum_l ...
//
//   q_k = sum_i q_ik         = w_k dlnL/dw_k
//   g_k = sum_i q_ik R_i' u_ik                             = dlnL/dm_k
//   H_k = sum_i q_ik R_i' (u_ik u_ik' - T_ik^-1) R_i       = 2 dlnL/dV_k
//
// T is factored as L D L' for several points at a time. Sums have a fixed order on one instruction set.
#pragma once

#include <optional>
#include <vector>

#include "infer/em/gaussian_mixture.hpp"
#include "infer/em/packed_points.hpp"

namespace praesepe::infer::em {

struct ComponentSums {
  double count;   ///< q_k
  Vector first;   ///< g_k (D)
  Matrix second;  ///< H_k (D, D)
};

struct Expectation {
  double log_likelihood;
  std::vector<ComponentSums> sums;  ///< (K); zero for components of weight 0
  /// A component whose T is singular at some point, to rounding; the other members mean nothing then.
  std::optional<std::size_t> singular;
};

/// `log_terms`, if given, must be (N, K), and receives ln w_k N(y_i; R_i m_k, T_ik); -infinity for weight 0.
Expectation expectation(const std::vector<PointGroup>& points, const GaussianMixture& mixture,
                        Matrix* log_terms = nullptr);

}  // namespace praesepe::infer::em
