#include "infer/nuts/draws.hpp"

#include "sim/error.hpp"

namespace praesepe::infer::nuts {

void Draws::resize(Eigen::Index draws, Eigen::Index dimension) {
  position.conservativeResize(draws, dimension);
  for (Vector* column : {&lp, &acceptance_rate, &step_size, &energy}) column->conservativeResize(draws);
  const auto n = static_cast<std::size_t>(draws);
  tree_depth.resize(n);
  n_steps.resize(n);
  diverging.resize(n);
}

void Draws::append(const Draws& later) {
  if (size() > 0 && later.size() > 0 && later.position.cols() != position.cols())
    throw InternalError("draws of different dimension appended");
  if (later.size() == 0) return;
  const Eigen::Index before = size(), added = later.size();
  resize(before + added, later.position.cols());
  position.bottomRows(added) = later.position;
  lp.tail(added) = later.lp;
  acceptance_rate.tail(added) = later.acceptance_rate;
  step_size.tail(added) = later.step_size;
  energy.tail(added) = later.energy;
  for (std::size_t i = 0, first = static_cast<std::size_t>(before); i < static_cast<std::size_t>(added); ++i) {
    tree_depth[first + i] = later.tree_depth[i];
    n_steps[first + i] = later.n_steps[i];
    diverging[first + i] = later.diverging[i];
  }
  divergences.insert(divergences.end(), later.divergences.begin(), later.divergences.end());
  whole.insert(whole.end(), later.whole.begin(), later.whole.end());
}

}  // namespace praesepe::infer::nuts
