#include "infer/models/association/growth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "infer/models/association/moves.hpp"
#include "infer/models/association/uniform_box.hpp"

namespace praesepe::infer::models::association {

using density::Vector;

namespace {

constexpr double kGain = 0.01;  // nats: what counts as better

class Search {
 public:
  Search(const Model& model, const std::shared_ptr<const StarStates>& stars, sim::random::Stream& stream,
         const GrowthOptions& options)
      : model_(model),
        stars_(stars),
        options_(options),
        all_stars_(gaussian_of(*stars)),
        seeds_(seeds_of(model, *stars, stream)) {}

  std::vector<std::vector<PointFit>> run() {
    int groups = 0;
    while (groups < model_.groups && step_to(groups + 1)) {
      ++groups;
      if (!options_.exchanges) continue;
      exchange(groups);
      while (groups > 1 && step_back(groups)) exchange(--groups);
    }
    return std::move(fits_);
  }

 private:
  std::vector<PointFit>& fits(int groups) { return fits_[static_cast<std::size_t>(groups - 1)]; }

  /// Adds what climbs from `points` lead to; whether the best became better.
  bool improve(int groups, const std::vector<Vector>& points) {
    if (fits_.size() < static_cast<std::size_t>(groups)) fits_.emplace_back();
    auto& known = fits(groups);
    const double before = known.empty() ? -std::numeric_limits<double>::infinity() : known.front().log_density;
    std::ranges::move(climb_from(with_groups(model_, groups), stars_, points, options_.kept, options_.threads),
                      std::back_inserter(known));
    keep_best(known, options_.kept);
    return !known.empty() && known.front().log_density > before + kGain;
  }

  /// False if no point has a likelihood.
  bool step_to(int groups) {
    std::vector<Vector> points;
    const Model last = with_groups(model_, groups - 1);
    if (groups == 1) {
      for (const Seed& seed : seeds_) points.push_back(alone(with_groups(model_, 1), all_stars_, seed));
    } else {
      const Vector& theta = fits(groups - 1).front().theta;
      if (options_.exchanges) points = divisions(last, theta);
      for (const Seed& seed : seeds_) points.push_back(with_seed(last, theta, seed));
    }
    improve(groups, points);
    if (!fits(groups).empty()) return true;
    fits_.pop_back();
    return false;
  }

  void exchange(int groups) {
    constexpr int kMostRounds = 20;
    const Model here = with_groups(model_, groups), fewer = with_groups(model_, groups - 1);
    for (int round = 0; groups > 1 && round < kMostRounds; ++round) {
      std::vector<Vector> points;
      for (int k = 0; k < groups; ++k) {
        const Vector rest = without_group(here, fits(groups).front().theta, k);
        for (const Seed& seed : seeds_) points.push_back(with_seed(fewer, rest, seed));
        std::ranges::move(divisions(fewer, rest), std::back_inserter(points));
      }
      if (!improve(groups, points)) return;
    }
  }

  /// Whether taking out a group is better than what is known of one group fewer.
  bool step_back(int groups) {
    const Model here = with_groups(model_, groups);
    std::vector<Vector> points;
    for (int k = 0; k < groups; ++k) points.push_back(without_group(here, fits(groups).front().theta, k));
    return improve(groups - 1, points);
  }

  const Model& model_;
  std::shared_ptr<const StarStates> stars_;
  GrowthOptions options_;
  Gaussian6 all_stars_;
  std::vector<Seed> seeds_;
  std::vector<std::vector<PointFit>> fits_;
};

/// One number of groups in the table.
struct Row {
  Model model;
  PointFit fit;
  Eigen::Index free_parameters;
  double bic, log_evidence;
};

Row row_of(const Model& model, const std::shared_ptr<const StarStates>& stars, const PointFit& fit) {
  // shares add up to 1; the edges of a box are as much the data's as a Gaussian's mean and widths
  const Eigen::Index free = model.size() - (model.groups > 1 ? 1 : 0) + (model.box_field ? kBoxEdges : 0);
  const double log_count = std::log(static_cast<double>(stars->size()));
  return {model, fit, free, -2.0 * fit.log_likelihood + static_cast<double>(free) * log_count,
          laplace_log_evidence(model, stars, fit)};
}

std::string ages_of(const Row& row) {
  std::string ages;
  for (int k = 0; k < row.model.groups; ++k) {
    ages += fmt::format("{}{:.2f}", k > 0 ? " " : "", row.fit.theta[row.model.group(k).age]);
  }
  return ages;
}

}  // namespace

std::vector<std::vector<PointFit>> grow(const Model& model, const std::shared_ptr<const StarStates>& stars,
                                        sim::random::Stream& stream, const GrowthOptions& options) {
  return Search(model, stars, stream, options).run();
}

std::string groups_table(const Model& model, const std::shared_ptr<const StarStates>& stars,
                         sim::random::Stream& stream, int threads) {
  std::vector<Row> rows;
  for (const auto& fits : grow(model, stars, stream, {.threads = threads})) {
    rows.push_back(row_of(with_groups(model, static_cast<int>(rows.size()) + 1), stars, fits.front()));
  }
  const auto by_bic = std::ranges::min_element(rows, {}, &Row::bic);
  const auto by_evidence = std::ranges::max_element(rows, {}, &Row::log_evidence);
  std::string table = "groups,log_likelihood,free_parameters,bic,log_evidence,best,ages\n";
  for (auto row = rows.begin(); row != rows.end(); ++row) {
    const char* best = row == by_bic && row == by_evidence ? "both"
                       : row == by_bic                     ? "bic"
                       : row == by_evidence                ? "log_evidence"
                                                           : "";
    table += fmt::format("{},{:.2f},{},{:.2f},{:.2f},{},{}\n", row->model.groups, row->fit.log_likelihood,
                         row->free_parameters, row->bic, row->log_evidence, best, ages_of(*row));
  }
  return table;
}

}  // namespace praesepe::infer::models::association
