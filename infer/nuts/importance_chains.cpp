#include "infer/nuts/importance_chains.hpp"

#include <limits>

namespace praesepe::infer::nuts {

namespace {

using sim::random::Purpose;
using sim::random::Stream;

constexpr std::uint32_t kFirstStream = 4096, kAttemptStride = 64;

}  // namespace

ImportanceChains::ImportanceChains(const density::LogDensity& target, Proposal proposal, int chains,
                                   sim::random::StreamKey key, std::uint32_t attempt)
    : target_(&target), proposal_(std::move(proposal)) {
  for (std::uint32_t c = 0; c < static_cast<std::uint32_t>(chains); ++c) {
    const std::uint32_t index = kFirstStream + kAttemptStride * attempt + c;
    chains_.push_back({Stream(key, Purpose::chain, index), Stream(key, Purpose::chain, kFirstStream + index)});
  }
}

void ImportanceChains::extend(int draws) {
  const Eigen::Index before = sample_.lp.size(), chains = static_cast<Eigen::Index>(chains_.size());
  ImportanceSample longer{};
  longer.draws.resize(proposal_.dimension(), before + draws * chains);
  longer.lp.resize(longer.draws.cols());
  if (before > 0) {
    longer.draws.leftCols(before) = sample_.draws;
    longer.lp.head(before) = sample_.lp;
  }
  for (Eigen::Index i = before; i < longer.lp.size(); ++i) {
    const Vector x = proposal_.draw(chains_[static_cast<std::size_t>(i % chains)].proposals);
    longer.draws.col(i) = x;
    longer.lp[i] = target_->value(x);
  }
  sample_ = pooled({std::move(longer)}, {proposal_});
}

std::vector<Draws> ImportanceChains::resampled() const {
  std::vector<Draws> draws;
  for (std::size_t c = 0; c < chains_.size(); ++c) draws.push_back(resampled(c));
  return draws;
}

Draws ImportanceChains::resampled(std::size_t chain) const {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const auto chains = static_cast<Eigen::Index>(chains_.size()), first = static_cast<Eigen::Index>(chain);
  const Eigen::Index n = sample_.lp.size() / chains;
  const auto mine = Eigen::seqN(first, n, chains);
  Stream stream = chains_[chain].resampling;
  const auto kept = evenly_resampled(sample_.weights(mine), stream.uniform());
  Draws draws;
  draws.resize(n, proposal_.dimension());
  draws.position = sample_.draws(Eigen::all, mine)(Eigen::all, kept).transpose();
  draws.lp = sample_.lp(mine)(kept);
  draws.acceptance_rate.setConstant(kNaN);
  draws.step_size.setConstant(kNaN);
  draws.energy.setConstant(kNaN);
  return draws;
}

}  // namespace praesepe::infer::nuts
