// Split chains: each chain cut into halves, and the two quantities that every diagnostic is made of.
//
//   R-hat^2 = (B/W + N - 1)/N                                  B = N var(chain means), W = mean chain variance
//   ESS     = S/tau,  tau = -1 + 2 sum_{t<T} rho_t + rho_T     Geyer's initial monotone sequence, S = N m draws
//
// Vehtari et al. (2021), eqs 1-4 and 10-14; conventions of R's `posterior`. Cost of an ESS: N m per lag that counts.
#pragma once

#include <Eigen/Core>

namespace praesepe::infer::diagnostics {

/// Mean in two passes: the second removes the rounding of the first when the mean is large beside the spread.
double mean_of(const Eigen::Ref<const Eigen::MatrixXd>& x);

/// Halves of the chains: (draws, chains) -> (N, m) = (draws/2, 2 chains). The middle draw of an odd number is left out;
/// a single draw stays as it is.
Eigen::MatrixXd split_chains(const Eigen::Ref<const Eigen::MatrixXd>& draws);

/// True if some entry is not finite or all entries are equal, so that no diagnostic means anything.
bool is_degenerate(const Eigen::Ref<const Eigen::MatrixXd>& draws);

/// R-hat of chains as they are (N, m); NaN if degenerate or N < 2.
double basic_r_hat(const Eigen::MatrixXd& chains);

/// Effective sample size of the mean of chains as they are (N, m); NaN if degenerate or N < 3. At most S log10 S.
double effective_sample_size(const Eigen::MatrixXd& chains);

}  // namespace praesepe::infer::diagnostics
