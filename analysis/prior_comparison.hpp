// Posteriors against the prior: z-score and contraction of each task, and the average of all posteriors.
//
// z = (mean - truth) / sd; contraction = 1 - var(posterior) / var(prior), with the prior's own variance and not that of
// the truths of a grid. The average of the posteriors over truths from the prior is the prior (Geweke 2004; Talts et
// al. 2018); it sees little, since a posterior that ignores the data passes as well.
#pragma once

#include <string>
#include <vector>

#include "analysis/draws.hpp"
#include "analysis/prior_sample.hpp"

namespace praesepe::analysis {

struct ScoreRow {
  std::int64_t task, cell;
  std::string parameter;
  double z, contraction;  ///< contraction NaN where the prior looks at the data
};
/// Sampled parameters of tasks with a posterior; from /summary alone.
std::vector<ScoreRow> scores(const workflow::store::PosteriorFile& file, const PriorSample* prior);

/// One of 20 bins of equal prior probability.
struct AverageRow {
  std::string parameter;
  double low, high;         ///< of the bin; the outermost end at the extremes of the prior's sample
  double prior, posterior;  ///< probability in the bin; posterior: mean over tasks
  double truths;            ///< share of the truths
};

/// Collects draws task by task; for truths from the prior only.
class AveragedPosterior {
 public:
  AveragedPosterior(const workflow::store::PosteriorFile& file, const PriorSample& prior);
  void add(const TaskDraws& draws);
  std::vector<AverageRow> rows() const;

 private:
  std::vector<std::string> parameters_;
  std::vector<std::vector<double>> edges_;  ///< (parameter) (bin + 1)
  Eigen::MatrixXd posterior_, truths_;      ///< (bin, parameter) sums
  double tasks_ = 0.0;
};

}  // namespace praesepe::analysis
