// Correlation matrices from canonical partial correlations z (Lewandowski, Kurowicka & Joe 2009), each free in (-1, 1).
//
//   L_ij = z_ij s_ij,   s_i0 = 1,   s_i,j+1 = s_ij (1 - z_ij^2)^(1/2),   L_ii = s_ii,        correlation matrix = L L^T
//
// A matrix of n variables is LKJ(eta) if z_ij is Beta(b, b) on (-1, 1) with b = eta + (n - 2 - j) / 2, all independent.
// z_i0 is the correlation itself; z_ij the one of i and j with 0 ... j-1 held.
#pragma once

#include <Eigen/Core>

namespace praesepe::sim::mixture {

/// At most 8 by 8, without allocation.
using SmallMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor, 8, 8>;

/// Cholesky factor L (n, n) from z (n, n), of which the strict lower triangle is used.
SmallMatrix correlation_factor(const SmallMatrix& z);

/// The inverse: z from L.
SmallMatrix partial_correlations(const SmallMatrix& factor);

/// Vector-Jacobian product of correlation_factor: adjoints of z (n, n, strictly lower) from those of L (lower).
SmallMatrix correlation_factor_pull_back(const SmallMatrix& z, const SmallMatrix& factor_adjoint);

/// b of the Beta prior of z_ij under LKJ(eta) for n variables.
double lkj_shape(double eta, Eigen::Index n, Eigen::Index j);

}  // namespace praesepe::sim::mixture
