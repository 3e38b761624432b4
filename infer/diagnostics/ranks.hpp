// Draws in ascending order, and their rank-normalised form z = Phi^-1((r - 3/8)/(S + 1/4)).
#pragma once

#include <Eigen/Core>
#include <vector>

namespace praesepe::infer::diagnostics {

struct RankedDraw {
  double value;
  Eigen::Index draw, chain;
};
/// All draws in ascending order of value; ties in any order.
using SortedDraws = std::vector<RankedDraw>;

SortedDraws sort_draws(const Eigen::Ref<const Eigen::MatrixXd>& draws);

/// The distances |x - centre| in ascending order.
SortedDraws fold(const SortedDraws& sorted, double centre);

/// Quantile of type 7.
double quantile(const SortedDraws& sorted, double probability);

/// Normal scores of S ranks, each computed once.
class NormalScores {
 public:
  explicit NormalScores(Eigen::Index size);
  /// Phi^-1((rank - 3/8)/(S + 1/4)) for a rank in 1 ... S, halves allowed.
  double operator()(double rank) const;

 private:
  double size_;
  std::vector<double> upper_;  // scores of the whole ranks S, S-1, ... down to the middle
};

/// z of the split chains (N, m) of draws (draws, chains); tied draws share their mean rank.
Eigen::MatrixXd rank_normalised_split(const SortedDraws& sorted, Eigen::Index draws, Eigen::Index chains,
                                      const NormalScores& scores);

}  // namespace praesepe::infer::diagnostics
