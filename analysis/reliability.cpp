#include "analysis/reliability.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "analysis/simultaneous_band.hpp"

namespace praesepe::analysis {

namespace store = workflow::store;

namespace {

constexpr int kBins = 10;
constexpr std::int64_t kFewestTasks = 10;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The stars of one bin. The last bin of a component holds all.
class Bin {
 public:
  void add(double p, bool member) {
    ++stars_;
    members_ += member ? 1 : 0;
    sum_p_ += p;
    excess_ += (member ? 1.0 : 0.0) - p;
    touched_ = true;
  }
  void finish_task() {
    if (touched_) ++tasks_;
    total_ += excess_;
    squares_ += excess_ * excess_;
    excess_ = 0.0;
    touched_ = false;
  }
  ReliabilityRow row(const std::string& component, double low, double high) const {
    const auto stars = static_cast<double>(stars_), members = static_cast<double>(members_);
    const double z = tasks_ >= kFewestTasks && squares_ > 0.0 ? total_ / std::sqrt(squares_) : kNaN;
    return {component, low, high, tasks_, stars_, members_, sum_p_ / stars, members / stars, jeffreys(members, stars),
            z,         kNaN};
  }

 private:
  std::int64_t tasks_ = 0, stars_ = 0, members_ = 0;
  double sum_p_ = 0.0, excess_ = 0.0, total_ = 0.0, squares_ = 0.0;
  bool touched_ = false;
};

using Bins = std::array<Bin, kBins + 1>;

void add_task(const store::Membership& membership, Eigen::Index component, Bins& bins) {
  for (Eigen::Index n = 0; n < membership.truth.size(); ++n) {
    const double p = membership.p(n, component);
    const bool member = membership.truth[n] == static_cast<double>(component);
    const auto bin = static_cast<std::size_t>(std::min(static_cast<int>(p * kBins), kBins - 1));
    bins[bin].add(p, member);
    bins.back().add(p, member);
  }
  for (Bin& bin : bins) bin.finish_task();
}

void correct_for_many(std::vector<ReliabilityRow>& rows) {
  std::vector<double> p;
  for (const auto& row : rows)
    if (!std::isnan(row.z)) p.push_back(std::erfc(std::abs(row.z) / std::numbers::sqrt2));
  const auto corrected = holm(p);
  std::size_t next = 0;
  for (auto& row : rows)
    if (!std::isnan(row.z)) row.p_holm = corrected[next++];
}

}  // namespace

std::vector<ReliabilityRow> reliability(const store::PosteriorFile& file) {
  const auto& components = file.layout().components;
  const std::size_t told = components.size() == 2 ? 1 : components.size();
  std::vector<Bins> bins(told);
  bool labelled = false;
  for (std::size_t row = 0; row < file.tasks().size(); ++row) {
    if (!file.tasks()[row].has_draws()) continue;
    const auto membership = file.membership(row);
    if (!membership || membership->truth.size() == 0) continue;
    labelled = true;
    for (std::size_t k = 0; k < told; ++k) add_task(*membership, static_cast<Eigen::Index>(k), bins[k]);
  }
  std::vector<ReliabilityRow> rows;
  if (!labelled) return rows;
  for (std::size_t k = 0; k < told; ++k) {
    for (int bin = 0; bin < kBins; ++bin) {
      rows.push_back(bins[k][static_cast<std::size_t>(bin)].row(components[k], bin / static_cast<double>(kBins),
                                                                (bin + 1) / static_cast<double>(kBins)));
    }
    rows.push_back(bins[k].back().row(components[k], 0.0, 1.0));
  }
  correct_for_many(rows);
  return rows;
}

}  // namespace praesepe::analysis
