#include "infer/nuts/chain_group.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "sim/error.hpp"

namespace praesepe::infer::nuts {

namespace {

using sim::random::Purpose;
using sim::random::Stream;

constexpr std::uint32_t kAttemptStride = 64;
constexpr std::uint32_t kFirstStart = 4096;
constexpr double kOverdispersion = 1.5;  // of starting points, in standard deviations of the mode
constexpr int kMaxTries = 50;
constexpr auto kBetweenLooks = std::chrono::milliseconds(50);  // at the journal, at least
/// Jumps do the long walks; trajectories of three leapfrogs do the rest.
constexpr int kDepthBetweenJumps = 2;
constexpr int kShortWarmUp = 30;  // transitions that find a step

}  // namespace

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

namespace {

Matrix as_dense(const Matrix& metric) {
  return metric.cols() == metric.rows() ? metric : Matrix(metric.col(0).asDiagonal());
}

Matrix inverse(const Matrix& positive) {
  return positive.llt().solve(Matrix::Identity(positive.rows(), positive.cols()));
}

/// Its inverse is the mean of the components' inverse scales.
Matrix harmonic_mean_scale(const MixtureOfT& mixture) {
  Matrix precision = Matrix::Zero(mixture.dimension(), mixture.dimension());
  for (const auto& component : mixture.components()) precision += component.weight * inverse(component.scale);
  return inverse(precision);
}

}  // namespace

struct ChainGroup::Piece {
  int left = 0;  // transitions
  Draws drawn;
  long evaluations = 0;
  std::string error;  // of a chain that failed

  template <class Archive, class Self>
  static void members(Archive& archive, Self& self) {
    archive(self.left, self.drawn, self.evaluations, self.error);
  }

  std::string bytes(const Chain& chain) const {
    ArchiveWriter archive;
    archive(*this);
    chain.save(archive);
    return archive.take();
  }
  void restore(const std::string& bytes, Chain& chain) {
    ArchiveReader archive(bytes);
    archive(*this);
    chain.restore(archive);
  }
};

ChainGroup::ChainGroup(const CountedDensity& target, const SamplerOptions& options, sim::random::StreamKey key,
                       ChainJournal* journal)
    : target_(&target), options_(options), key_(key), journal_(journal) {}

std::vector<std::size_t> ChainGroup::all() const {
  std::vector<std::size_t> indices(chains_.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

std::unique_ptr<Chain> ChainGroup::new_chain(std::size_t chain, const Mode& mode) {
  const auto index = static_cast<std::uint32_t>(chain) + kAttemptStride * attempt_;
  ChainOptions options;
  options.warmup = warmup();
  options.target_accept = options_.target_accept;
  options.max_depth = options_.max_depth;
  options.inverse_metric = mode.covariance;
  if (metric_ == Metric::known) {
    options.max_depth = kDepthBetweenJumps;
    options.inverse_metric = harmonic_mean_scale(jump_->proposal().mixture());
    options.keeps_metric = true;
  }
  options.between = [this](State& state, Stream& stream) {
    if (jump_) (*jump_)(state, stream);
  };
  const Vector start = scattered(*target_, mode, Stream(key_, Purpose::starts, kFirstStart + index));
  return std::make_unique<Chain>(*target_, start, std::move(options), Stream(key_, Purpose::chain, index));
}

int ChainGroup::warmup() const {
  return metric_ == Metric::known ? std::min(options_.warmup, kShortWarmUp) : options_.warmup;
}

std::vector<State> ChainGroup::states() const {
  std::vector<State> states;
  for (const auto& chain : chains_) states.push_back(chain->state());
  return states;
}

void ChainGroup::start(const std::vector<Mode>& modes, std::optional<IndependenceStep> jump, Metric metric) {
  jump_ = std::move(jump);
  metric_ = metric;
  is_carried_ = metric == Metric::known;
  if (!chains_.empty()) ++attempt_;
  chains_.clear();
  for (std::size_t c = 0; c < static_cast<std::size_t>(options_.chains); ++c) {
    chains_.push_back(new_chain(c, modes[c % modes.size()]));
  }
  forget_draws();
  warm_up(all());
  tuning_.reset();
  if (jump_) share_tuning();
}

void ChainGroup::start_at(const std::vector<Vector>& positions, const std::vector<ChainOptions>& options) {
  jump_.reset();
  metric_ = Metric::adapted;
  is_carried_ = false;
  tuning_.reset();
  if (!chains_.empty()) ++attempt_;
  chains_.clear();
  for (std::size_t c = 0; c < positions.size(); ++c) {
    const Stream stream(key_, Purpose::chain, static_cast<std::uint32_t>(c) + kAttemptStride * attempt_);
    chains_.push_back(std::make_unique<Chain>(*target_, positions[c], options[c], stream));
  }
  forget_draws();
  warm_up(all());
}

void ChainGroup::add_jump(IndependenceStep jump) {
  jump_ = std::move(jump);
  is_carried_ = true;
  for (auto& chain : chains_) chain->limit_depth(kDepthBetweenJumps);
}

void ChainGroup::restart(std::size_t chain, const Mode& mode) {
  ++attempt_;
  chains_[chain] = new_chain(chain, mode);
  warm_up({chain});
  if (tuning_) chains_[chain]->set_tuning(tuning_->inverse_metric, tuning_->step_size);
  const auto draws = static_cast<int>(draws_[chain].size());
  draws_[chain] = {};
  sample({chain}, draws);
}

void ChainGroup::readapt(double target_accept) {
  options_.target_accept = target_accept;
  for (auto& chain : chains_) chain->set_target_accept(target_accept);
  warm_up(all());
  if (tuning_) share_tuning();
}

void ChainGroup::sample(int draws) { sample(all(), draws); }

void ChainGroup::warm_up(const std::vector<std::size_t>& chains) {
  run(chains,
      {.transitions = warmup(),
       .begin = [](Chain& chain) { chain.begin_warm_up(); },
       .advance = [](Chain& chain, Draws&, int transitions) { chain.warm_up(transitions); }},
      draws_);
}

void ChainGroup::sample(const std::vector<std::size_t>& chains, int draws) {
  run(chains,
      {.transitions = draws,
       .begin = [](Chain&) {},
       .advance = [](Chain& chain, Draws& drawn, int transitions) { drawn.append(chain.sample(transitions)); }},
      draws_);
}

void ChainGroup::propose(const Proposal& proposal, int draws, std::vector<Draws>& proposed) {
  proposed.resize(chains_.size());
  const auto advance = [&proposal](Chain& chain, Draws& drawn, int transitions) {
    drawn.append(chain.propose(proposal, transitions));
  };
  run(all(), {.transitions = draws, .begin = [](Chain&) {}, .advance = advance}, proposed);
}

/// Chains of mine first, so that no worker waits before it has done its own part; taken over in order, so that all
/// workers count and fail alike.
void ChainGroup::run(const std::vector<std::size_t>& chains, const Step& step, std::vector<Draws>& drawn) {
  const auto key = [this](std::size_t chain) { return PieceKey{step_, static_cast<std::uint32_t>(chain)}; };
  std::map<std::size_t, std::string> mine;
  for (const std::size_t c : chains) {
    if (!journal_ || journal_->is_mine(key(c).chain)) mine[c] = run_piece(key(c), step);
  }
  for (const std::size_t c : chains) {
    take_piece(c, mine.contains(c) ? mine.at(c) : journal_->await(key(c)), drawn[c]);
  }
  ++step_;
}

std::string ChainGroup::run_piece(PieceKey key, const Step& step) {
  Chain& chain = *chains_[key.chain];
  Piece piece;
  const auto kept = journal_ ? journal_->recall(key) : std::nullopt;
  if (kept) piece.restore(*kept, chain);
  if (kept && (piece.left == 0 || !piece.error.empty())) return *kept;
  const long before = target_->evaluations();
  try {
    if (!kept) {
      step.begin(chain);
      piece.left = step.transitions;
    }
    finish_piece(key, piece, step, before);
  } catch (const Interruption&) {
    throw;
  } catch (const std::exception& error) {
    piece.error = error.what();
  }
  const long spent = target_->evaluations() - before;
  piece.evaluations += spent;
  target_->add_evaluations(-spent);  // counted when the piece is taken over
  std::string bytes = piece.bytes(chain);
  if (journal_) journal_->keep(key, bytes);
  return bytes;
}

/// `before`: evaluations when this attempt at the piece began. How many transitions come between two looks at the
/// journal follows the clock, on which nothing else depends.
void ChainGroup::finish_piece(PieceKey key, Piece& piece, const Step& step, long before) {
  using Clock = std::chrono::steady_clock;
  Chain& chain = *chains_[key.chain];
  int at_once = journal_ ? 1 : piece.left;
  while (piece.left > 0) {
    const auto begin = Clock::now();
    const int transitions = std::min(piece.left, at_once);
    step.advance(chain, piece.drawn, transitions);
    piece.left -= transitions;
    if (!journal_ || piece.left == 0) continue;
    if (Clock::now() - begin < kBetweenLooks) at_once *= 2;
    const bool must_stop = journal_->must_stop();
    if (!must_stop && !journal_->is_checkpoint_due()) continue;
    Piece half_done = piece;
    half_done.evaluations += target_->evaluations() - before;
    journal_->keep_half_done(key, half_done.bytes(chain));
    if (must_stop) throw Stopped();
  }
}

void ChainGroup::take_piece(std::size_t chain, const std::string& bytes, Draws& drawn) {
  Piece piece;
  piece.restore(bytes, *chains_[chain]);
  target_->add_evaluations(piece.evaluations);
  if (!piece.error.empty()) throw TaskFailure(piece.error);
  drawn.append(piece.drawn);
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
  for (std::size_t k = chains_.size(); k < jump_->proposal().mixture().components().size(); ++k) {
    precisions.push_back(inverse(jump_->proposal().mixture().components()[k].scale));
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
