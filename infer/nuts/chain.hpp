// One Markov chain of the No-U-Turn sampler: warm-up, then as many draws as asked for.
//
// Transition: Hoffman & Gelman 2014 with multinomial sampling (Betancourt 2017), see trajectory.hpp. Warm-up: dual
// averaging of the step size and a metric from draws and gradients, see warmup.hpp. All randomness comes from the
// chain's own stream, so a chain's draws depend on nothing but target, start, options and stream.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "infer/nuts/archive.hpp"
#include "infer/nuts/hamiltonian.hpp"
#include "infer/nuts/proposal.hpp"
#include "infer/nuts/step_size.hpp"
#include "infer/nuts/trajectory.hpp"
#include "infer/nuts/warmup.hpp"

namespace praesepe::infer::nuts {

struct ChainOptions {
  int warmup = 400;
  double target_accept = 0.8;
  int max_depth = 10;
  MetricKind metric = MetricKind::dense;  ///< diagonal above kMaxDenseDimension in any case
  /// Start metric, e.g. a Laplace covariance: (D, D), or (D, 1) its diagonal.
  std::optional<Matrix> inverse_metric = {};
  /// A further transition that leaves the target invariant, applied after each NUTS transition of the sampling phase.
  /// When it moves the state it must refresh lp and gradient.
  std::function<void(State&, sim::random::Stream&)> between = {};
  bool keeps_metric = false;  ///< warm-up adapts the step size only
  /// Draws keep the first coordinates only, if so many are given.
  std::optional<Eigen::Index> kept = {};
  /// But all of these draws, counted from the end of the warm-up, ascending.
  std::vector<int> whole = {};
};

class Chain {
 public:
  /// Keeps a reference to `target`. Throws TaskFailure if log density or gradient at `start` (D) are not finite.
  Chain(const density::LogDensity& target, const Vector& start, ChainOptions options, sim::random::Stream stream);

  /// Begins to adapt step size and metric, from the present state and metric. Throws TaskFailure if no step size
  /// between 1e-12 and 1e7 does.
  void begin_warm_up();
  /// Up to so many transitions of the warm-up that has begun. Throws TaskFailure as above when the last one is done.
  void warm_up(int transitions);
  /// The whole warm-up.
  void warm_up();
  /// The mean acceptance rate that the next warm-up adapts to.
  void set_target_accept(double rate) { options_.target_accept = rate; }
  /// Replaces what warm-up found, e.g. by one metric and step for all modes. Metric as in inverse_metric().
  void set_tuning(Matrix inverse_metric, double step_size);
  /// Trajectories of at most 2^max_depth - 1 leapfrogs from now on.
  void limit_depth(int max_depth) { trajectory_.limit_depth(max_depth); }
  /// The next draws; may be called again and continues.
  Draws sample(int draws);
  /// So many draws of a proposal, from the chain's stream, with the target's log density there. The chain stays where
  /// it is; statistics of trajectories are not a number, counts 0.
  Draws propose(const Proposal& proposal, int draws);

  const State& state() const { return state_; }
  /// (D, D), or (D, 1) for a diagonal metric.
  const Matrix& inverse_metric() const { return hamiltonian_.metric().matrix(); }
  double step_size() const { return step_size_; }
  /// Log density evaluations so far, those inside `between` not counted.
  long gradients() const { return 1 + hamiltonian_.gradients(); }

  /// All that changes, half a warm-up included; what it was made from is the same on both sides.
  void save(ArchiveWriter& archive) const;
  void restore(ArchiveReader& archive);

 private:
  struct WarmUp {
    MetricAdaptation metric;
    DualAveraging step_size;
    int left;  // transitions
    bool has_metric = false;

    template <class Archive, class Self>
    static void members(Archive& archive, Self& self) {
      archive(self.metric, self.step_size, self.left, self.has_metric);
    }
  };

  Transition advance();
  WarmUp new_warm_up(double step_size) const;

  ChainOptions options_;
  sim::random::Stream stream_;
  State state_;
  Hamiltonian hamiltonian_;
  Trajectory trajectory_;  // scratch between transitions
  double step_size_ = 1.0;
  int drawn_ = 0;  // since the end of the warm-up
  std::optional<WarmUp> warm_up_;
};

}  // namespace praesepe::infer::nuts
