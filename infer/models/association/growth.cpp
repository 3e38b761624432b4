#include "infer/models/association/growth.hpp"

#include <algorithm>
#include <limits>

#include "infer/models/association/moves.hpp"

namespace praesepe::infer::models::association {

using density::Vector;

namespace {

constexpr double kGain = 0.01;        // nats: what counts as better
constexpr std::size_t kFinished = 4;  // climbs that go on to the top

void append(std::vector<Vector>& all, std::vector<Vector> more) { std::ranges::move(more, std::back_inserter(all)); }

class Search {
 public:
  Search(const Model& model, const std::shared_ptr<const StarStates>& stars, sim::random::Stream& stream,
         const Crew& crew, const GrowthOptions& options)
      : options_(options), seeds_(seeds_of(model, *stars, stream)), fields_(likely_fields(model, *stars, stream)) {
    for (int groups = 1; groups <= model.groups; ++groups) {
      climbers_.emplace_back(with_groups(model, groups), stars, crew);
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

}  // namespace

std::vector<std::vector<PointFit>> grow(const Model& model, const std::shared_ptr<const StarStates>& stars,
                                        sim::random::Stream& stream, const Crew& crew, const GrowthOptions& options) {
  return Search(simplified(model), stars, stream, crew, options).run();
}

std::vector<PointFit> climb_through_ages(const Climber& climber, const std::vector<Vector>& points, std::size_t kept) {
  constexpr int kMostRounds = 5;
  std::vector<PointFit> fits = climber.climb(points, kept);
  keep_best(fits, kept);
  for (int round = 0; !fits.empty() && round < kMostRounds; ++round) {
    const double before = fits.front().log_density;
    std::ranges::move(climber.climb(with_other_ages(climber.model(), fits.front().theta), kept),
                      std::back_inserter(fits));
    keep_best(fits, kept);
    if (fits.front().log_density < before + kGain) break;
  }
  return fits;
}

}  // namespace praesepe::infer::models::association
