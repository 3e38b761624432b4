#include "infer/nuts/chain_group.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>

namespace praesepe::infer::nuts {

namespace {

using sim::random::Purpose;
using sim::random::Stream;

constexpr std::uint32_t kAttemptStride = 64;
constexpr std::uint32_t kFirstStart = 4096;
constexpr double kOverdispersion = 1.5;  // of starting points, in standard deviations of the mode
constexpr int kMaxTries = 50;
/// Jumps do the long walks; trajectories of three leapfrogs do the rest.
constexpr int kDepthBetweenJumps = 2;

/// A point more widely scattered than the mode, but not where the density is hopelessly low.
Vector scattered(const density::LogDensity& target, const Mode& mode, Stream stream) {
  const MixtureOfT around({{1.0, mode.position, mode.covariance}});
  const double lowest = mode.lp - 10.0 - 3.0 * static_cast<double>(mode.position.size());
  Vector gradient(mode.position.size());
  for (int i = 0; i < kMaxTries; ++i) {
    const Vector start = around.draw_from(0, stream, kOverdispersion);
    const double lp = target.log_density(start, gradient);
    if (std::isfinite(lp) && lp > lowest && gradient.allFinite()) return start;
  }
  return mode.position;
}

Matrix as_dense(const Matrix& metric) {
  return metric.cols() == metric.rows() ? metric : Matrix(metric.col(0).asDiagonal());
}

Matrix inverse(const Matrix& positive) {
  return positive.llt().solve(Matrix::Identity(positive.rows(), positive.cols()));
}

}  // namespace

ChainGroup::ChainGroup(const density::LogDensity& target, const SamplerOptions& options, sim::random::StreamKey key)
    : target_(&target), options_(options), key_(key) {}

std::unique_ptr<Chain> ChainGroup::warmed_up(std::size_t chain, const Mode& mode) {
  const auto index = static_cast<std::uint32_t>(chain) + kAttemptStride * attempt_;
  ChainOptions options;
  options.warmup = options_.warmup;
  options.target_accept = options_.target_accept;
  options.max_depth = options_.max_depth;
  options.inverse_metric = mode.covariance;
  options.between = [this](State& state, Stream& stream) {
    if (jump_) (*jump_)(state, stream);
  };
  const Vector start = scattered(*target_, mode, Stream(key_, Purpose::starts, kFirstStart + index));
  auto warm = std::make_unique<Chain>(*target_, start, std::move(options), Stream(key_, Purpose::chain, index));
  warm->warm_up();
  return warm;
}

void ChainGroup::start(const std::vector<Mode>& modes, std::optional<IndependenceStep> jump) {
  jump_ = std::move(jump);
  if (!chains_.empty()) ++attempt_;
  chains_.clear();
  for (std::size_t c = 0; c < static_cast<std::size_t>(options_.chains); ++c) {
    chains_.push_back(warmed_up(c, modes[c % modes.size()]));
  }
  forget_draws();
  tuning_.reset();
  if (jump_) share_tuning();
}

void ChainGroup::add_jump(IndependenceStep jump) {
  jump_ = std::move(jump);
  for (auto& chain : chains_) chain->limit_depth(kDepthBetweenJumps);
}

void ChainGroup::restart(std::size_t chain, const Mode& mode) {
  ++attempt_;
  chains_[chain] = warmed_up(chain, mode);
  if (tuning_) chains_[chain]->set_tuning(tuning_->inverse_metric, tuning_->step_size);
  draws_[chain] = chains_[chain]->sample(static_cast<int>(draws_[chain].size()));
}

void ChainGroup::readapt(double target_accept) {
  options_.target_accept = target_accept;
  for (auto& chain : chains_) chain->restart_adaptation(target_accept);
  if (tuning_) share_tuning();
}

void ChainGroup::sample(int draws) {
  for (std::size_t c = 0; c < chains_.size(); ++c) {
    if (draws_[c].size() == 0) {
      draws_[c] = chains_[c]->sample(draws);
    } else {
      draws_[c].append(chains_[c]->sample(draws));
    }
  }
}

void ChainGroup::share_tuning() {
  tuning_ = tuning_for_all_modes();
  for (auto& chain : chains_) chain->set_tuning(tuning_->inverse_metric, tuning_->step_size);
}

ChainGroup::Tuning ChainGroup::tuning_for_all_modes() const {
  std::vector<Matrix> precisions;
  std::vector<double> steps;
  double shortest = std::numeric_limits<double>::infinity();
  for (const auto& chain : chains_) {
    precisions.push_back(inverse(as_dense(chain->inverse_metric())));
    steps.push_back(chain->step_size());
    shortest = std::min(shortest, chain->step_size());
  }
  // Modes in which no chain began are known by their component only.
  for (std::size_t k = chains_.size(); k < jump_->mixture().components().size(); ++k) {
    precisions.push_back(inverse(jump_->mixture().components()[k].scale));
    steps.push_back(shortest);
  }
  Matrix mean = Matrix::Zero(target_->dimension(), target_->dimension());
  for (const Matrix& precision : precisions) mean += precision / static_cast<double>(precisions.size());
  const Matrix metric = inverse(mean);
  const Matrix factor = metric.llt().matrixL();
  double step = shortest;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const Eigen::SelfAdjointEigenSolver<Matrix> eigen(factor.transpose() * precisions[k] * factor,
                                                      Eigen::EigenvaluesOnly);
    step = std::min(step, steps[k] / std::sqrt(eigen.eigenvalues().maxCoeff()));
  }
  return {metric, step};
}

}  // namespace praesepe::infer::nuts
