// One transition of the No-U-Turn sampler: a trajectory doubled until it turns, and a draw from its states.
//
// Hoffman & Gelman 2014; multinomial sampling inside subtrees and biased progressive sampling at the top, Betancourt
// 2017. A state of energy H has weight exp(H_0 - H). The trajectory starts from one state; each doubling appends a
// subtree of as many new states at an end chosen at random:
//
//   inside a subtree     its right half's proposal replaces the left half's with probability W_right / (W_left +
//   W_right); at the top           the new subtree's proposal replaces the current one with probability min(1, W_new /
//   W_old); U-turn               for every merged pair (a, b): ends of the merged trajectory against rho_a + rho_b, and
//   across the seam
//                        (first of a, first of b) against rho_a + p_first(b), (last of a, last of b) against p_last(a)
//                        + rho_b; rho is the sum of the momenta of a tree's states. Without the two tests across the
//                        seam, nearly independent coordinates of equal scale circle once more;
//   divergence           H - H_0 > 1000, or H not a number.
//
// A subtree that turns or diverges inside is discarded and ends the transition; a doubling that only turns as a whole
// still counts. Memory: an arena of 3 max_depth + 2 phase points, allocated once; trees refer to its points, nothing is
// copied.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <optional>
#include <vector>

#include "infer/nuts/draws.hpp"
#include "infer/nuts/hamiltonian.hpp"

namespace praesepe::infer::nuts {

/// What a trajectory needs to know of the dynamics; Hamiltonian is one.
template <class S>
concept Dynamics = requires(S& system, const PhasePoint& from, double step, PhasePoint& to, const Vector& momentum) {
  system.leapfrog(from, step, to);
  { system.is_turning(momentum, momentum, momentum, momentum) } -> std::same_as<bool>;
};
static_assert(Dynamics<Hamiltonian>);

struct Transition {
  double energy = 0.0;                     ///< H of the accepted state with its own momentum
  double acceptance_rate = 0.0;            ///< mean over all leapfrogs of min(1, e^d), d = H_0 - H
  double symmetric_acceptance_rate = 0.0;  ///< mean over all leapfrogs of 2 min(1, e^d) / (1 + e^d)
  int depth = 0;                           ///< doublings that counted
  int n_steps = 0;                         ///< leapfrogs, those of discarded subtrees too
  int index = 0;                           ///< of the accepted state; 0: did not move
  std::optional<Divergence> divergence;
};

class Trajectory {
 public:
  Trajectory(Eigen::Index dimension, int max_depth);
  /// Doubles at most so often from now on; never more often than it was made for.
  void limit_depth(int max_depth) { max_depth_ = std::min(max_depth_, max_depth); }

  /// The state that the next transition starts from, momentum and energy included.
  PhasePoint& start() { return points_[kStart]; }
  /// Runs one transition from start().
  template <Dynamics S>
  Transition run(S& system, double step, sim::random::Stream& stream);
  /// The state drawn by the last transition.
  const PhasePoint& accepted() const { return points_[accepted_]; }

 private:
  using Slot = std::size_t;
  static constexpr Slot kStart = 0;

  /// Neighbouring states: first and last in the order of integration. Slots of points_ and, if more than one state,
  /// sums_.
  struct Tree {
    Slot first, last, proposal;
    std::optional<Slot> sum;
    double log_weight;
  };
  enum class Outcome { grown, turning, diverging };

  template <Dynamics S>
  Outcome build(S& system, int depth, Slot from, double step, sim::random::Stream& stream, Tree& tree);
  template <Dynamics S>
  Outcome build_leaf(S& system, Slot from, double step, Tree& tree);
  template <Dynamics S>
  bool turns(const S& system, const Tree& a, const Tree& b) const;

  void reset();
  Outcome record_leaf(Slot from, Slot to, double step, Tree& tree);
  void merge(Tree& a, const Tree& b, bool take_proposal);
  const Vector& momentum(Slot point) const { return points_[point].momentum; }
  const Vector& rho(const Tree& tree) const { return tree.sum ? sums_[*tree.sum] : momentum(tree.first); }

  int max_depth_;
  std::vector<PhasePoint> points_;
  std::vector<int> index_;  // of each point in the trajectory
  std::vector<Vector> sums_;
  std::vector<Slot> free_points_, free_sums_;
  Slot accepted_ = kStart;
  std::optional<Vector> losing_from_;  // where the first step set out that lost much energy
  Transition transition_;              // of the trajectory being built
};

double log_sum_exp(double a, double b);

template <Dynamics S>
Transition Trajectory::run(S& system, double step, sim::random::Stream& stream) {
  reset();
  Tree tree{kStart, kStart, kStart, std::nullopt, 0.0};
  while (transition_.depth < max_depth_) {
    if (stream.uniform() < 0.5) {  // integrate from the other end
      std::swap(tree.first, tree.last);
      step = -step;
    }
    Tree grown;
    if (build(system, transition_.depth, tree.last, step, stream, grown) != Outcome::grown) break;
    ++transition_.depth;
    const bool turning = turns(system, tree, grown);
    merge(tree, grown, std::log(stream.uniform()) < grown.log_weight - tree.log_weight);
    if (turning) break;
  }
  accepted_ = tree.proposal;
  transition_.energy = accepted().energy;
  transition_.index = index_[accepted_];
  if (transition_.n_steps > 0) {
    transition_.acceptance_rate /= transition_.n_steps;
    transition_.symmetric_acceptance_rate /= transition_.n_steps;
  }
  return transition_;
}

template <Dynamics S>
Trajectory::Outcome Trajectory::build(S& system, int depth, Slot from, double step, sim::random::Stream& stream,
                                      Tree& tree) {
  if (depth == 0) return build_leaf(system, from, step, tree);
  Outcome outcome = build(system, depth - 1, from, step, stream, tree);
  if (outcome != Outcome::grown) return outcome;
  Tree right;
  outcome = build(system, depth - 1, tree.last, step, stream, right);
  if (outcome != Outcome::grown) return outcome;
  if (turns(system, tree, right)) return Outcome::turning;
  const double log_weight = log_sum_exp(tree.log_weight, right.log_weight);
  merge(tree, right, std::log(stream.uniform()) < right.log_weight - log_weight);
  return Outcome::grown;
}

template <Dynamics S>
Trajectory::Outcome Trajectory::build_leaf(S& system, Slot from, double step, Tree& tree) {
  const Slot to = free_points_.back();
  free_points_.pop_back();
  system.leapfrog(points_[from], step, points_[to]);
  return record_leaf(from, to, step, tree);
}

template <Dynamics S>
bool Trajectory::turns(const S& system, const Tree& a, const Tree& b) const {
  return system.is_turning(momentum(a.first), momentum(b.last), rho(a), rho(b)) ||
         system.is_turning(momentum(a.first), momentum(b.first), rho(a), momentum(b.first)) ||
         system.is_turning(momentum(a.last), momentum(b.last), momentum(a.last), rho(b));
}

}  // namespace praesepe::infer::nuts
