// Posterior summaries and convergence diagnostics of one quantity, as R's `posterior` package defines them.
//
// Vehtari, Gelman, Simpson, Carpenter & Buerkner (2021), Bayesian Analysis 16, 667. Quantiles are R's type 7.
// Constant or non-finite input gives NaN for the diagnostics, never 1.
// Agreement with `posterior` to 1e-10: tests/infer/diagnostics.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace praesepe::infer::diagnostics {

/// Draws of one quantity: (draws, chains).
using ChainDraws = Eigen::Ref<const Eigen::MatrixXd>;

struct Summary {
  double mean, sd;
  double q2_5, q25, median, q75, q97_5;
  double mcse_mean;
  double ess_bulk, ess_tail;
  double r_hat;  ///< rank-normalised split R-hat, the larger of bulk and folded
};
Summary summarise(const ChainDraws& draws);

double r_hat(const ChainDraws& draws);
double ess_bulk(const ChainDraws& draws);
double ess_tail(const ChainDraws& draws);
double ess_mean(const ChainDraws& draws);
double ess_quantile(const ChainDraws& draws, double probability);
double mcse_mean(const ChainDraws& draws);
double mcse_sd(const ChainDraws& draws);
double mcse_quantile(const ChainDraws& draws, double probability);

/// Energy Bayesian fraction of missing information of one chain (Betancourt 2016); below 0.3 is a warning.
double e_bfmi(const Eigen::Ref<const Eigen::VectorXd>& energy);

/// Quantile of a sample by linear interpolation of order statistics (R type 7). `sorted` ascending.
double quantile_sorted(const std::vector<double>& sorted, double probability);

}  // namespace praesepe::infer::diagnostics
