// Stars and components of all sorts, for tests of the Gaussian mixture.
#pragma once

#include "infer/models/gaussian_mixture/component_gaussian.hpp"
#include "infer/models/gaussian_mixture/star.hpp"
#include "sim/mixture/gaussian_mixture.hpp"

namespace praesepe::tests {

/// What a random star and its component are like.
struct Regime {
  double distance = 1.0;            ///< of the component, kpc
  double relative_depth = 0.3;      ///< sd of distance over the distance
  double parallax_to_noise = 10.0;  ///< true parallax over its error
  double stranger = 0.0;            ///< how many sd the star's true parameters are off beside its draw
  bool photometry = true;
  bool radial_velocity = true;
  bool astrometry = true;        ///< parallax and proper motion
  double largest_partial = 0.5;  ///< partial correlations of the component
};

struct StarAndComponent {
  infer::models::gaussian_mixture::Star star;
  sim::mixture::StellarGaussian component;
  sim::mixture::Dust dust;
};

StarAndComponent draw(const Regime& regime, sim::random::Stream& stream);

/// A parameter vector of one component with all pairs of the choice, near `component` of a regime.
infer::density::Vector draw_parameters(const infer::models::gaussian_mixture::ComponentLayout& layout,
                                       const Regime& regime, sim::random::Stream& stream);

/// A star drawn from the component and observed.
infer::models::gaussian_mixture::Star draw_star(const sim::mixture::StellarGaussian& component,
                                                const sim::mixture::Dust& dust, const Regime& regime,
                                                sim::random::Stream& stream);

}  // namespace praesepe::tests
