#include "workflow/star_latents.hpp"

#include <algorithm>

#include "sim/error.hpp"
#include "workflow/campaign/campaign.hpp"

namespace praesepe::workflow {

using campaign::Campaign;
using campaign::Task;
using infer::density::Matrix;
using infer::density::ParameterSpace;
using infer::density::Vector;
using infer::nuts::PosteriorSample;
using infer::nuts::WholeDraw;
using sim::astrometry::Catalogue;

namespace {

struct StoredDraw {
  std::size_t chain;
  int row;
};

/// The stored draw of sample k.
StoredDraw stored_draw(const Campaign& campaign, std::int64_t k) {
  const std::int64_t draws = campaign.sampler.draws, total = campaign.sampler.chains * draws;
  const std::int64_t n = (2 * k + 1) * total / (2 * campaign.latents);
  return {static_cast<std::size_t>(n / draws), static_cast<int>(n % draws)};
}

/// Which draw of a chain is stored as row `row` if every thin-th is.
int draw_of(int row, int thin) { return (row + 1) * thin - 1; }

/// How the latents of a stored draw are had, (stars, columns).
class LatentsOfDraws {
 public:
  LatentsOfDraws(const Campaign& campaign, const Task& task, const Catalogue& catalogue, const ParameterSpace& space,
                 const PosteriorSample& sample)
      : key_(task.key), space_(space), sample_(sample) {
    if (campaign.method == campaign::Method::full) {
      joint_ = campaign.study->joint_likelihood(catalogue, task.observation);
    } else {
      sampler_ = campaign.study->latent_sampler(catalogue, task.observation);
    }
  }

  Matrix operator()(std::int64_t k, StoredDraw stored) const {
    const auto& chain = sample_.chains[stored.chain];
    const int draw = draw_of(stored.row, sample_.thin);
    const Vector theta = space_.constrain(Vector(chain.position.row(draw)));
    if (sampler_) {
      sim::random::Stream stream(key_, sim::random::Purpose::star_latents, static_cast<std::uint32_t>(k));
      return sampler_->draw(theta, stream);
    }
    const auto whole = std::ranges::lower_bound(chain.whole, draw, {}, &WholeDraw::draw);
    if (whole == chain.whole.end() || whole->draw != draw) throw InternalError("a chain kept no latents of a sample");
    return joint_->latents(theta, whole->position);
  }

 private:
  sim::random::StreamKey key_;
  const ParameterSpace& space_;
  const PosteriorSample& sample_;
  std::unique_ptr<const infer::density::JointLikelihood> joint_;
  std::unique_ptr<const infer::models::LatentSampler> sampler_;
};

}  // namespace

std::vector<std::vector<int>> draws_with_latents(const Campaign& campaign) {
  std::vector<std::vector<int>> draws(static_cast<std::size_t>(campaign.sampler.chains));
  for (std::int64_t k = 0; k < campaign.latents; ++k) {
    const StoredDraw stored = stored_draw(campaign, k);
    for (int thin = 1; thin <= campaign.sampler.max_continuation; ++thin) {
      draws[stored.chain].push_back(draw_of(stored.row, thin));
    }
  }
  for (auto& of_chain : draws) {
    std::ranges::sort(of_chain);
    of_chain.erase(std::ranges::unique(of_chain).begin(), of_chain.end());
  }
  return draws;
}

std::optional<store::Latents> star_latents(const Campaign& campaign, const Task& task, const Catalogue& catalogue,
                                           const ParameterSpace& space, const PosteriorSample& sample) {
  if (campaign.latents == 0) return std::nullopt;
  const LatentsOfDraws latents_of(campaign, task, catalogue, space, sample);
  store::Latents latents;
  for (const auto& column : campaign.study->latents()) {
    latents.names.push_back(column.name);
    latents.units.push_back(column.unit);
    latents.values.emplace_back(campaign.latents, static_cast<Eigen::Index>(catalogue.rows()));
  }
  for (std::int64_t k = 0; k < campaign.latents; ++k) {
    const Matrix drawn = latents_of(k, stored_draw(campaign, k));
    for (std::size_t j = 0; j < latents.values.size(); ++j) {
      latents.values[j].row(k) = drawn.col(static_cast<Eigen::Index>(j)).transpose();
    }
  }
  return latents;
}

}  // namespace praesepe::workflow
