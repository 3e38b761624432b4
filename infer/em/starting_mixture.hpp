// Where EM begins: components placed by k-means++ among points freed of their noise as one Gaussian would free them.
//
// One Gaussian is fitted to all points; each point's posterior under it, N(b_i, B_i), fills in what was not measured.
// Centres are drawn among the b_i by squared distance in units of that Gaussian (Arthur & Vassilvitskii 2007) and moved
// by a few rounds of k-means; a covariance is the mean of (b - m)(b - m)' + B, shrunk towards the Gaussian's. Each
// component is then contracted about the point that it was drawn at, by a random factor from 0.05 to 1: narrow
// components on wide ones are not found by distances alone.
#pragma once

#include "infer/em/extreme_deconvolution.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::em {

/// K components. Throws InputError if there is no point or K < 1. Fewer different points than K are no error: then
/// centres coincide.
GaussianMixture starting_mixture(const NoisyPoints& points, std::size_t components, sim::random::Stream& stream);

/// `fit` from several starts, and of those the one with the largest objective, improved by split and merge; a fit
/// without a maximum (State::singular) only if all are. Throws as `starting_mixture` and `fit`, and if starts < 1.
Fit best_fit(const NoisyPoints& points, std::size_t components, int starts, sim::random::Stream& stream,
             const FitOptions& options = {});

}  // namespace praesepe::infer::em
