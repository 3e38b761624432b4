// Where the search for modes begins: extreme deconvolution of the stars, with distance made linear.
//
// About a rough distance r0 of each star, all that is measured is linear in u = (direction, r, v, C, M): the parallax
// to first order in r - r0, the magnitude likewise, and v_east = k pmra r exactly but for noise. infer/em then fits the
// mixture, missing measurements included, from several random beginnings.
#pragma once

#include <vector>

#include "infer/density/parameter_space.hpp"
#include "infer/em/noisy_points.hpp"
#include "infer/models/gaussian_mixture/component_gaussian.hpp"
#include "infer/models/gaussian_mixture/star.hpp"

namespace praesepe::infer::models::gaussian_mixture {

/// Distances (N), kpc: parallaxes drawn towards the mean of all by as much as their noise asks for. Empty if no star
/// has a parallax.
std::vector<double> rough_distances(const std::vector<Star>& stars);

/// The stars as projections of u, each coordinate divided by its `scale`.
em::NoisyPoints linearised(const std::vector<Star>& stars, const std::vector<double>& distances,
                           const sim::mixture::Dust& dust, const Vector8& scale);

/// `count` points (P): weights first, then each component; components in the order of a mean whose prior is ascending,
/// if there is one. Empty if no star has a parallax.
std::vector<density::Vector> deconvolved_starts(const std::vector<Star>& stars, const sim::mixture::Dust& dust,
                                                const std::vector<ComponentLayout>& layouts,
                                                const density::ParameterSpace& space, int count,
                                                sim::random::Stream& stream);

}  // namespace praesepe::infer::models::gaussian_mixture
