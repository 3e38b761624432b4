// What one chain leaves behind: positions and the statistics of each transition, one row or entry a draw.
#pragma once

#include <cstdint>
#include <vector>

#include "infer/density/log_density.hpp"

namespace praesepe::infer::nuts {

using density::Matrix;
using density::Vector;

/// Evidence of a step that left the level set of the energy.
struct Divergence {
  int index;  ///< of the diverged state in the trajectory: leapfrogs from the start, negative backwards in time
  double energy_error;  ///< H - H_0; may be +infinity
  Vector position;      ///< (D) where the first step of the trajectory set out that lost more than 10 nats

  template <class Archive, class Self>
  static void members(Archive& archive, Self& self) {
    archive(self.index, self.energy_error, self.position);
  }
};

/// A draw of which every coordinate is kept.
struct WholeDraw {
  int draw;  ///< counted from the end of the warm-up
  Vector position;

  template <class Archive, class Self>
  static void members(Archive& archive, Self& self) {
    archive(self.draw, self.position);
  }
};

struct Draws {
  Matrix position;         ///< (draws, D), unconstrained; the first coordinates only if the chain keeps no more
  Vector lp;               ///< (draws) log density at the position
  Vector acceptance_rate;  ///< (draws) mean over the leapfrogs of min(1, exp(H0 - H))
  Vector step_size;        ///< (draws)
  Vector energy;           ///< (draws) H of the accepted state
  std::vector<int> tree_depth;
  std::vector<int> n_steps;  ///< leapfrogs of this transition, rejected subtrees too
  std::vector<std::int8_t> diverging;
  std::vector<Divergence> divergences;  ///< of the transitions that are diverging, in order
  std::vector<WholeDraw> whole;         ///< those that were asked for

  Eigen::Index size() const { return position.rows(); }
  /// Makes room for `draws` rows of dimension D, or keeps the first rows.
  void resize(Eigen::Index draws, Eigen::Index dimension);
  /// Appends the draws of a continued chain.
  void append(const Draws& later);

  template <class Archive, class Self>
  static void members(Archive& archive, Self& self) {
    archive(self.position, self.lp, self.acceptance_rate, self.step_size, self.energy, self.tree_depth, self.n_steps,
            self.diverging, self.divergences, self.whole);
  }
};

}  // namespace praesepe::infer::nuts
