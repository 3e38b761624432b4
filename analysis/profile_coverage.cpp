#include "analysis/profile_coverage.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "analysis/draws.hpp"
#include "sim/error.hpp"
#include "workflow/campaign/plan.hpp"

namespace praesepe::analysis {

namespace store = workflow::store;
using workflow::campaign::Campaign;

namespace {

/// A stored band: the columns of its quantiles.
struct BandColumns {
  double level;
  Eigen::Index low, high;
};

std::vector<BandColumns> bands_of(const std::vector<double>& quantiles) {
  std::vector<BandColumns> bands;
  for (std::size_t low = 0, high = quantiles.size(); low + 1 < high; ++low) {
    --high;
    bands.push_back(
        {quantiles[high] - quantiles[low], static_cast<Eigen::Index>(low), static_cast<Eigen::Index>(high)});
  }
  return bands;
}

/// True functions (radius, function) of each task of the file.
std::optional<std::vector<Eigen::MatrixXd>> true_profiles(const store::PosteriorFile& file) {
  try {
    const Campaign campaign = workflow::campaign::parse_campaign(file.campaign().toml, file.path().string(), {});
    if (campaign.study->profiles().radius != file.layout().radius) return std::nullopt;
    const auto plan = workflow::campaign::plan(campaign);
    std::vector<Eigen::MatrixXd> truths;
    for (const auto& task : file.tasks())
      truths.push_back(campaign.study->profile_values(plan.at(static_cast<std::size_t>(task.id)).truth));
    return truths;
  } catch (const InputError&) {
    return std::nullopt;
  }
}

/// Adds to `hits` (radius) where the band holds the truth.
void count(const Eigen::MatrixXd& profile, const Eigen::VectorXd& truth, const BandColumns& band,
           std::vector<std::int64_t>& hits) {
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const auto r = static_cast<Eigen::Index>(i);
    hits[i] += profile(r, band.low) <= truth[r] && truth[r] <= profile(r, band.high) ? 1 : 0;
  }
}

}  // namespace

std::vector<ProfileRow> profile_coverage(const store::PosteriorFile& file) {
  std::vector<ProfileRow> rows;
  if (file.layout().profiles.empty() || !file.has_truth()) return rows;
  const auto truths = true_profiles(file);
  if (!truths) return rows;
  const auto& radii = file.layout().radius;
  const auto bands = bands_of(file.layout().quantile);
  for (std::size_t f = 0; f < file.layout().profiles.size(); ++f) {
    const std::string& name = file.layout().profiles[f].name;
    std::vector<std::vector<std::int64_t>> hits(bands.size(), std::vector<std::int64_t>(radii.size(), 0));
    for (std::size_t t = 0; t < file.tasks().size(); ++t) {
      if (!file.tasks()[t].has_draws()) continue;
      const Eigen::MatrixXd profile = file.profile(t, name);
      const Eigen::VectorXd truth = (*truths)[t].col(static_cast<Eigen::Index>(f));
      for (std::size_t b = 0; b < bands.size(); ++b) count(profile, truth, bands[b], hits[b]);
    }
    const std::int64_t tasks = count_run(file);
    const auto trials = static_cast<double>(tasks);
    for (std::size_t b = 0; b < bands.size(); ++b) {
      for (std::size_t r = 0; r < radii.size(); ++r) {
        const auto held = static_cast<double>(hits[b][r]);
        rows.push_back({name, radii[r], bands[b].level, tasks, hits[b][r], held / trials, jeffreys(held, trials)});
      }
    }
  }
  return rows;
}

}  // namespace praesepe::analysis
