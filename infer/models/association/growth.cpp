#include "infer/models/association/growth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "infer/models/association/moves.hpp"
#include "infer/models/association/uniform_box.hpp"

namespace praesepe::infer::models::association {

using density::Vector;

namespace {

constexpr double kGain = 0.01;        // nats: what counts as better
constexpr std::size_t kFinished = 4;  // climbs that go on to the top

void append(std::vector<Vector>& all, std::vector<Vector> more) { std::ranges::move(more, std::back_inserter(all)); }

class Search {
 public:
  Search(const Model& model, const std::shared_ptr<const StarStates>& stars, sim::random::Stream& stream,
         const GrowthOptions& options)
      : options_(options), seeds_(seeds_of(model, *stars, stream)), fields_(likely_fields(model, *stars, stream)) {
    for (int groups = 1; groups <= model.groups; ++groups) {
      climbers_.emplace_back(with_groups(model, groups), stars, options.threads);
    }
  }

  std::vector<std::vector<PointFit>> run() {
    for (int groups = 1; groups <= static_cast<int>(climbers_.size()) && step_to(groups); ++groups) {
      if (!options_.exchanges) continue;
      exchange(groups);
      while (groups > 1 && step_back(groups)) exchange(--groups);
    }
    return std::move(fits_);
  }

 private:
  const Climber& climber(int groups) const { return climbers_[static_cast<std::size_t>(groups - 1)]; }
  const Model& model(int groups) const { return climber(groups).model(); }
  std::vector<PointFit>& fits(int groups) { return fits_[static_cast<std::size_t>(groups - 1)]; }
  const Vector& best(int groups) { return fits(groups).front().theta; }

  /// Adds what climbs from `points` lead to; whether the best became better.
  bool improve(int groups, const std::vector<Vector>& points) {
    auto& known = fits(groups);
    const double before = known.empty() ? -std::numeric_limits<double>::infinity() : known.front().log_density;
    std::ranges::move(climber(groups).climb(points, std::max(kFinished, options_.kept)), std::back_inserter(known));
    keep_best(known, options_.kept);
    return !known.empty() && known.front().log_density > before + kGain;
  }

  /// False if no point has a likelihood.
  bool step_to(int groups) {
    constexpr std::size_t kTried = 16, kDivisionsTried = 4;  // of each group
    if (fits_.size() < static_cast<std::size_t>(groups)) fits_.emplace_back();
    std::vector<Vector> points;
    for (const Seed& seed : seeds_) {
      if (groups > 1) {
        append(points, climber(groups).highest(with_seed(model(groups - 1), best(groups - 1), seed), 1));
        continue;
      }
      for (const Field& field : fields_) append(points, climber(1).highest(alone(model(1), field, seed), 1));
    }
    points = climber(groups).highest(points, kTried);
    for (int k = 0; options_.exchanges && k < groups - 1; ++k) {
      append(points, climber(groups).highest(divisions(model(groups - 1), best(groups - 1), k), kDivisionsTried));
    }
    improve(groups, points);
    if (!fits(groups).empty()) return true;
    fits_.pop_back();
    return false;
  }

  void exchange(int groups) {
    constexpr int kMostRounds = 20;
    constexpr std::size_t kTriedOfEach = 3;
    for (int round = 0; groups > 1 && round < kMostRounds; ++round) {
      std::vector<Vector> points;
      for (int k = 0; k < groups; ++k) {
        const Vector rest = without_group(model(groups), best(groups), k);
        std::vector<Vector> instead;
        for (const Seed& seed : seeds_) {
          if (is_near(model(groups), best(groups), k, seed)) continue;
          append(instead, climber(groups).highest(with_seed(model(groups - 1), rest, seed), 1));
        }
        append(points, climber(groups).highest(instead, kTriedOfEach));
        for (int l = 0; l < groups - 1; ++l) {
          append(points, climber(groups).highest(divisions(model(groups - 1), rest, l), 1));
        }
      }
      if (!improve(groups, points)) return;
    }
  }

  /// Whether taking out a group is better than what is known of one group fewer.
  bool step_back(int groups) {
    std::vector<Vector> points;
    for (int k = 0; k < groups; ++k) points.push_back(without_group(model(groups), best(groups), k));
    return improve(groups - 1, points);
  }

  GrowthOptions options_;
  std::vector<Seed> seeds_;
  std::vector<Field> fields_;
  std::vector<Climber> climbers_;  // of one group, two, ...
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
  const Eigen::Index shares = (model.groups > 1 ? 1 : 0) + (model.fields > 1 ? 1 : 0);
  const Eigen::Index free = model.size() - shares + (model.box_field ? kBoxEdges : 0);
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
  return Search(simplified(model), stars, stream, options).run();
}

std::string groups_table(const Model& model, const std::shared_ptr<const StarStates>& stars,
                         sim::random::Stream& stream, int threads) {
  std::vector<Row> rows;
  for (const auto& fits : grow(model, stars, stream, {.threads = threads})) {
    rows.push_back(row_of(with_groups(simplified(model), static_cast<int>(rows.size()) + 1), stars, fits.front()));
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
