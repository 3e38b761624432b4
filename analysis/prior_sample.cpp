#include "analysis/prior_sample.hpp"

#include <cmath>
#include <limits>

#include "sim/error.hpp"

namespace praesepe::analysis {

namespace {

using infer::density::ParameterSpace;
using infer::density::Prior;
using workflow::campaign::Campaign;
using workflow::campaign::Design;

constexpr Eigen::Index kSize = 1 << 16;

/// Priors that look at the data stand still here; their columns are blanked later.
ParameterSpace space_of(const Campaign& campaign, std::vector<bool>& is_known) {
  const auto bounds = campaign.study->bounds();
  std::vector<std::string> names;
  std::vector<Prior> priors;
  for (std::size_t i = 0; i < campaign.priors.size(); ++i) {
    const Prior& prior = campaign.priors[i];
    bool looks_at_data = false;
    for (const auto& argument : prior.arguments()) looks_at_data |= argument.name == "observed";
    names.push_back(campaign.study->parameters()[i].name);
    priors.push_back(looks_at_data ? Prior::parse("uniform(0, 1)") : prior);
    if (!prior.is_fixed()) is_known.push_back(!looks_at_data);
  }
  return {names, priors, bounds};
}

}  // namespace

PriorSample prior_sample(const Campaign& campaign) {
  std::vector<bool> is_known;
  const ParameterSpace space = space_of(campaign, is_known);
  const auto& varying = space.varying();
  const auto columns = static_cast<Eigen::Index>(varying.size());
  PriorSample sample{campaign.design == Design::prior, Eigen::MatrixXd(kSize, columns), {}, {}};
  sim::random::Stream stream({campaign.seed, 0, 0}, sim::random::Purpose::calibration);
  for (Eigen::Index n = 0; n < kSize; ++n) {
    const Eigen::VectorXd theta = space.sample(stream);
    for (Eigen::Index j = 0; j < columns; ++j) {
      const auto i = static_cast<std::size_t>(j);
      sample.values(n, j) =
          is_known[i] ? theta[static_cast<Eigen::Index>(varying[i])] : std::numeric_limits<double>::quiet_NaN();
    }
  }
  sample.mean = sample.values.colwise().mean();
  const Eigen::MatrixXd deviation = sample.values.rowwise() - sample.mean.transpose();
  sample.sd = (deviation.colwise().squaredNorm() / static_cast<double>(kSize - 1)).cwiseSqrt();
  return sample;
}

std::optional<PriorSample> prior_sample(const workflow::store::PosteriorFile& file) {
  try {
    return prior_sample(workflow::campaign::parse_campaign(file.campaign().toml, file.path().string(), {}));
  } catch (const InputError&) {
    return std::nullopt;
  }
}

}  // namespace praesepe::analysis
