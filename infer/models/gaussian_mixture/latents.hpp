// A star's latents given its data and the parameters: component, distance, velocity, colour, magnitude.
//
// Composition: the component by its responsibility, the distance by rejection from its one-dimensional posterior, the
// rest from the Gaussian that they are given the distance. Exact: the quadrature nodes only shape the proposal.
#pragma once

#include <span>
#include <vector>

#include "infer/models/gaussian_mixture/distance_quadrature.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::gaussian_mixture {

/// Draws of one star's distance under one component: proposals from the exponential of straight lines between points
/// four times as close as the quadrature nodes.
class DistanceSampler {
 public:
  explicit DistanceSampler(const DistanceIntegrand& integrand);

  /// r, kpc.
  double draw(sim::random::Stream& stream) const;

 private:
  const DistanceIntegrand* integrand_;
  double first_, step_;
  std::vector<double> height_;      // log f at the points
  std::vector<double> cumulative_;  // of the proposal's mass, up to the end of each interval
};

/// u of a star under one component.
Vector8 draw_star(const DistanceIntegrand& integrand, const Star& star, sim::random::Stream& stream);

/// Component and u of a star of a mixture with these weights (K).
sim::mixture::LabelledStar draw_star(const Star& star, std::span<const sim::mixture::StellarGaussian> components,
                                     std::span<const double> weights, const sim::mixture::Dust& dust,
                                     sim::random::Stream& stream);

}  // namespace praesepe::infer::models::gaussian_mixture
