#include "analysis/prior_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace praesepe::analysis {

namespace store = workflow::store;

namespace {

constexpr Eigen::Index kBins = 20;

/// The bin of x between sorted edges; what lies outside belongs to the outermost ones.
Eigen::Index bin_of(const std::vector<double>& edges, double x) {
  const auto above = std::upper_bound(edges.begin() + 1, edges.end() - 1, x);
  return above - edges.begin() - 1;
}

}  // namespace

std::vector<ScoreRow> scores(const store::PosteriorFile& file, const PriorSample* prior) {
  const Eigen::MatrixXd mean = file.summary("mean"), sd = file.summary("sd"), truth = file.truth();
  std::vector<ScoreRow> rows;
  for (std::size_t t = 0; t < file.tasks().size(); ++t) {
    const auto& task = file.tasks()[t];
    const auto row = static_cast<Eigen::Index>(t);
    if (!task.has_draws()) continue;
    Eigen::Index parameter = 0;
    for (std::size_t q = 0; q < file.quantities().size(); ++q) {
      if (file.quantities()[q].derived) continue;
      const auto column = static_cast<Eigen::Index>(q);
      const double prior_sd = prior ? prior->sd[parameter++] : std::numeric_limits<double>::quiet_NaN();
      rows.push_back({task.id, task.cell, file.quantities()[q].name,
                      (mean(row, column) - truth(row, column)) / sd(row, column),
                      1.0 - std::pow(sd(row, column) / prior_sd, 2)});
    }
  }
  return rows;
}

AveragedPosterior::AveragedPosterior(const store::PosteriorFile& file, const PriorSample& prior) {
  for (const auto& quantity : file.quantities())
    if (!quantity.derived) parameters_.push_back(quantity.name);
  for (Eigen::Index j = 0; j < prior.values.cols(); ++j) {
    std::vector<double> sorted(prior.values.col(j).begin(), prior.values.col(j).end());
    std::ranges::sort(sorted);
    auto& edges = edges_.emplace_back();
    for (Eigen::Index b = 0; b <= kBins; ++b)
      edges.push_back(sorted[static_cast<std::size_t>(b * (static_cast<Eigen::Index>(sorted.size()) - 1) / kBins)]);
  }
  posterior_ = truths_ = Eigen::MatrixXd::Zero(kBins, static_cast<Eigen::Index>(parameters_.size()));
}

void AveragedPosterior::add(const TaskDraws& draws) {
  tasks_ += 1.0;
  const double each = 1.0 / static_cast<double>(draws.values.rows());
  for (Eigen::Index j = 0; j < posterior_.cols(); ++j) {
    const auto& edges = edges_[static_cast<std::size_t>(j)];
    for (const double x : draws.values.col(j)) posterior_(bin_of(edges, x), j) += each;
    truths_(bin_of(edges, draws.truth[j]), j) += 1.0;
  }
}

std::vector<AverageRow> AveragedPosterior::rows() const {
  std::vector<AverageRow> rows;
  for (std::size_t p = 0; p < parameters_.size() && tasks_ > 0.0; ++p) {
    for (Eigen::Index b = 0; b < kBins; ++b) {
      const auto j = static_cast<Eigen::Index>(p);
      const auto bin = static_cast<std::size_t>(b);
      rows.push_back({parameters_[p], edges_[p][bin], edges_[p][bin + 1], 1.0 / kBins, posterior_(b, j) / tasks_,
                      truths_(b, j) / tasks_});
    }
  }
  return rows;
}

}  // namespace praesepe::analysis
