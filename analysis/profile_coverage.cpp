#include "analysis/profile_coverage.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

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

/// Trials and hits of one function and band, by radius.
struct Hits {
  std::vector<std::int64_t> tasks, hits;

  explicit Hits(std::size_t radii) : tasks(radii, 0), hits(radii, 0) {}
  void add(const Eigen::MatrixXd* profile, const Eigen::VectorXd& truth, const BandColumns& band) {
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const auto r = static_cast<Eigen::Index>(i);
      const double low = profile ? (*profile)(r, band.low) : std::numeric_limits<double>::quiet_NaN();
      const double high = profile ? (*profile)(r, band.high) : low;
      if (truth[r] == 0.0 && !(high > 0.0)) continue;
      ++tasks[i];
      hits[i] += low <= truth[r] && truth[r] <= high ? 1 : 0;
    }
  }
};

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
    std::vector<Hits> hits(bands.size(), Hits(radii.size()));
    for (std::size_t t = 0; t < file.tasks().size(); ++t) {
      std::optional<Eigen::MatrixXd> profile;
      if (file.tasks()[t].has_draws()) profile = file.profile(t, name);
      const Eigen::VectorXd truth = (*truths)[t].col(static_cast<Eigen::Index>(f));
      for (std::size_t b = 0; b < bands.size(); ++b) hits[b].add(profile ? &*profile : nullptr, truth, bands[b]);
    }
    for (std::size_t b = 0; b < bands.size(); ++b) {
      for (std::size_t r = 0; r < radii.size(); ++r) {
        const auto trials = static_cast<double>(hits[b].tasks[r]), held = static_cast<double>(hits[b].hits[r]);
        rows.push_back(
            {name, radii[r], bands[b].level, hits[b].tasks[r], hits[b].hits[r], held / trials, jeffreys(held, trials)});
      }
    }
  }
  return rows;
}

}  // namespace praesepe::analysis
