// Where chains have been, as modes that jumps can be fitted to: moments of draws instead of curvature at a top.
#pragma once

#include <vector>

#include "infer/nuts/draws.hpp"
#include "infer/nuts/modes.hpp"

namespace praesepe::infer::nuts {

/// Mean and covariance of one chain's draws; `fallback` (D, D) stands in for the covariance of a chain that hardly
/// moved. Evidence 0.
Mode region_of(const density::LogDensity& target, const Draws& chain, const Matrix& fallback);

/// The draws of all chains, cut across their longest axis: a bent ridge in straight pieces, three or (from 100 D draws)
/// five. A piece in which chains stood still in some direction is left out. Evidence: ln of the share of draws; lp is
/// not evaluated. Needs 20 D draws or more.
std::vector<Mode> regions_along_ridge(const std::vector<Draws>& chains);

}  // namespace praesepe::infer::nuts
