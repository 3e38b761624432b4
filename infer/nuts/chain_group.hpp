// The chains of one run: started, warmed up, sampled and continued together.
//
// Chain c of the n-th start (n = 0, 1, ...) draws from the stream (Purpose::chain, c + 64 n), and its starting point
// from (Purpose::starts, 4096 + c + 64 n), so that no start repeats the random numbers of an earlier one.
//
// Several modes: each chain warms up in its own mode and then jumps between all of them, so one metric and step must do
// for every mode. With C_k and e_k the metric and step found by chain k,
//
//   C = (mean_k C_k^-1)^-1,   e = min_k e_k / omega_k,   omega_k^2 = largest eigenvalue of C C_k^-1 (<= number of
//   chains)
//
// keeps the leapfrog as stable in each mode as it was there.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "infer/nuts/chain.hpp"
#include "infer/nuts/chain_journal.hpp"
#include "infer/nuts/counted_density.hpp"
#include "infer/nuts/importance.hpp"
#include "infer/nuts/posterior_sample.hpp"

namespace praesepe::infer::nuts {

/// A point more widely scattered than the mode, but not where the density is hopelessly low.
Vector scattered(const density::LogDensity& target, const Mode& mode, sim::random::Stream stream);

/// What chains begin with: the curvature of their mode, from which a metric is adapted; or a metric that is known, that
/// of jumps which reach everywhere, so that a short warm-up finds the step and short trajectories do.
enum class Metric { adapted, known };

class ChainGroup {
 public:
  /// Keeps references to `target` and `journal` (may be null); the chains refer to the group.
  ChainGroup(const CountedDensity& target, const SamplerOptions& options, sim::random::StreamKey key,
             ChainJournal* journal);
  ChainGroup(const ChainGroup&) = delete;
  ChainGroup& operator=(const ChainGroup&) = delete;

  /// Starts all chains anew, chain c in mode c mod K (K modes, the most probable first), and warms them up. With
  /// `jump`, its step follows every transition.
  void start(const std::vector<Mode>& modes, std::optional<IndependenceStep> jump, Metric metric = Metric::adapted);
  /// Starts chain c anew at positions[c] with options[c] of its own, and warms it up; no jumps.
  void start_at(const std::vector<Vector>& positions, const std::vector<ChainOptions>& options);
  /// Lets `jump` follow every transition from now on; tuning stays as it is, trajectories need no longer be long.
  void add_jump(IndependenceStep jump);
  /// Whether trajectories are kept short, since jumps do the long walks.
  bool is_carried() const { return is_carried_; }
  /// Starts one chain anew in a mode and draws as many draws as the others have.
  void restart(std::size_t chain, const Mode& mode);
  /// Adapts to a higher acceptance rate.
  void readapt(double target_accept);
  void forget_draws() { draws_.assign(chains_.size(), {}); }
  /// Draws further `draws` transitions of every chain.
  void sample(int draws);
  /// Appends further `draws` of a proposal to those of every chain (Chain::propose).
  void propose(const Proposal& proposal, int draws, std::vector<Draws>& proposed);

  /// Where the chains are.
  std::vector<State> states() const;
  const std::vector<Draws>& draws() const { return draws_; }
  std::vector<Draws> release() { return std::move(draws_); }
  double target_accept() const { return options_.target_accept; }
  /// Transitions of a chain's warm-up.
  int warmup() const;

 private:
  struct Tuning {
    Matrix inverse_metric;
    double step_size;
  };

  /// One chain's part of a step of the group's work.
  struct Piece;
  /// What a step does to each chain: `begin`, then `transitions` of them, some at a time.
  struct Step {
    int transitions;
    std::function<void(Chain&)> begin;
    std::function<void(Chain&, Draws&, int transitions)> advance;
  };

  std::unique_ptr<Chain> new_chain(std::size_t chain, const Mode& mode);
  void warm_up(const std::vector<std::size_t>& chains);
  void sample(const std::vector<std::size_t>& chains, int draws);
  void run(const std::vector<std::size_t>& chains, const Step& step, std::vector<Draws>& drawn);
  std::string run_piece(PieceKey key, const Step& step);
  void finish_piece(PieceKey key, Piece& piece, const Step& step, long before);
  void take_piece(std::size_t chain, const std::string& bytes, Draws& drawn);
  std::vector<std::size_t> all() const;
  Tuning tuning_for_all_modes() const;
  void share_tuning();

  const CountedDensity* target_;
  SamplerOptions options_;
  sim::random::StreamKey key_;
  std::optional<IndependenceStep> jump_;
  Metric metric_ = Metric::adapted;
  bool is_carried_ = false;
  std::vector<std::unique_ptr<Chain>> chains_;
  std::vector<Draws> draws_;
  std::optional<Tuning> tuning_;  // of all chains, if there are several modes
  ChainJournal* journal_;
  std::uint32_t attempt_ = 0;
  std::uint32_t step_ = 0;
};

}  // namespace praesepe::infer::nuts
