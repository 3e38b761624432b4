// Split and merge: out of a poor maximum by merging two components that share points and splitting one that fits badly.
//
//   merge(j, k) = sum_i q_ij q_ik
//   split(k)    = sum_i f_ik (ln f_ik - ln N(y_i; R_i m_k, T_ik)),   f_ik = q_ik / q_k       Ueda et al. 2000
//
// Merging and splitting keep mean and covariance; a split parts along the longest axis. EM on the three components,
// then on all; what is better is kept, and the search begins anew from there.
#pragma once

#include "infer/em/extreme_deconvolution.hpp"

namespace praesepe::infer::em {

/// The best of `start` (as `fit` left it) and what split and merge find from there; never a smaller objective.
/// `candidates` triples, the most promising first, are tried in each round. Components with something fixed take no
/// part. Fewer than three components: `start`.
Fit split_and_merge(const NoisyPoints& points, const Fit& start, const FitOptions& options = {}, int candidates = 5);

}  // namespace praesepe::infer::em
