#include "infer/nuts/trajectory.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace praesepe::infer::nuts {

namespace {

constexpr double kDivergentEnergyError = 1000.0;
/// The step that goes wrong may throw the trajectory far away before the error is as large as that.
constexpr double kLosingEnergyError = 10.0;

}  // namespace

double log_sum_exp(double a, double b) {
  const double high = std::max(a, b);
  if (high == -std::numeric_limits<double>::infinity()) return high;
  return high + std::log1p(std::exp(std::min(a, b) - high));
}

// A tree holds at most three points and one sum. While a subtree of depth d is built, one tree is pending at each depth
// from 0 to d - 1, and the whole trajectory besides.
Trajectory::Trajectory(Eigen::Index dimension, int max_depth)
    : max_depth_(max_depth),
      points_(3 * static_cast<std::size_t>(max_depth) + 2, PhasePoint(dimension)),
      index_(points_.size()),
      sums_(static_cast<std::size_t>(max_depth) + 2, Vector(dimension)) {
  free_points_.reserve(points_.size());
  free_sums_.reserve(sums_.size());
}

void Trajectory::reset() {
  free_points_.resize(points_.size() - 1);
  std::iota(free_points_.rbegin(), free_points_.rend(), kStart + 1);
  free_sums_.resize(sums_.size());
  std::iota(free_sums_.rbegin(), free_sums_.rend(), Slot{0});
  index_[kStart] = 0;
  losing_from_.reset();
  transition_ = {};
}

Trajectory::Outcome Trajectory::record_leaf(Slot from, Slot to, double step, Tree& tree) {
  index_[to] = index_[from] + (step > 0.0 ? 1 : -1);
  ++transition_.n_steps;
  double error = points_[to].energy - points_[kStart].energy;
  if (std::isnan(error)) error = std::numeric_limits<double>::infinity();
  // With d = -error: min(1, e^d), and 2 min(1, e^d) / (1 + e^d) = 2 / (1 + e^|d|).
  transition_.acceptance_rate += std::min(1.0, std::exp(-error));
  transition_.symmetric_acceptance_rate += 2.0 / (1.0 + std::exp(std::abs(error)));
  if (error > kLosingEnergyError && !losing_from_) losing_from_ = points_[from].position;
  if (error > kDivergentEnergyError) {
    transition_.divergence = Divergence{index_[to], error, *losing_from_};
    return Outcome::diverging;
  }
  tree = {to, to, to, std::nullopt, -error};
  return Outcome::grown;
}

// Appends b to a, and gives back the points that the merged tree does not refer to.
void Trajectory::merge(Tree& a, const Tree& b, bool take_proposal) {
  if (a.sum) {
    sums_[*a.sum] += rho(b);
  } else {
    const Slot sum = free_sums_.back();
    free_sums_.pop_back();
    sums_[sum] = rho(a) + rho(b);
    a.sum = sum;
  }
  if (b.sum) free_sums_.push_back(*b.sum);

  const Tree merged{a.first, b.last, take_proposal ? b.proposal : a.proposal, a.sum,
                    log_sum_exp(a.log_weight, b.log_weight)};
  const auto release = [&](Slot point) {
    if (point == merged.first || point == merged.last || point == merged.proposal) return;
    if (point == kStart || std::ranges::find(free_points_, point) != free_points_.end()) return;
    free_points_.push_back(point);
  };
  release(a.last);
  release(b.first);
  release(take_proposal ? a.proposal : b.proposal);
  a = merged;
}

}  // namespace praesepe::infer::nuts
