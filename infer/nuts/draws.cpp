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
}

Draws Draws::thinned(int n) const {
  if (n < 1) throw InternalError("draws thinned by less than 1");
  Draws kept;
  kept.resize(size() / n, position.cols());
  for (Eigen::Index i = 0; i < kept.size(); ++i) {
    const Eigen::Index row = (i + 1) * n - 1;
    kept.position.row(i) = position.row(row);
    kept.lp[i] = lp[row];
    kept.acceptance_rate[i] = acceptance_rate[row];
    kept.step_size[i] = step_size[row];
    kept.energy[i] = energy[row];
    const auto to = static_cast<std::size_t>(i), from = static_cast<std::size_t>(row);
    kept.tree_depth[to] = tree_depth[from];
    kept.n_steps[to] = n_steps[from];
    kept.diverging[to] = diverging[from];
  }
  return kept;
}

}  // namespace praesepe::infer::nuts
