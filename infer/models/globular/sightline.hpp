// The part of a star's line of sight that its integral needs: where the cluster is, and where the star can be bound.
//
//   z = R - z0, measured from the foot of the centre;   z = a sinh t,   a^2 = R_p^2 + kCoreShare r0^2,   t uniform.
//
// The range ends at the tidal radius; or where the escape speed falls below what the star's observed motion less
// `reach` standard deviations of noise needs; or where the parallax likelihood has fallen by exp(-kParallaxReach^2/2)
// from its largest value inside; or 0.01 pc from the Sun.
#pragma once

#include <Eigen/Core>

#include "infer/models/globular/star_dual.hpp"
#include "sim/globular/lowered_isothermal.hpp"

namespace praesepe::infer::models::globular {

inline constexpr double kCoreShare = 0.5;
inline constexpr double kParallaxReach = 7.0;

/// One star as the likelihood uses it. A noise ellipse is a circle smeared along its long axis: `weight` and the offset
/// folded into `motion` are one node of that smearing (see sightlines_of in collapsed_likelihood.cpp).
struct Sightline {
  Eigen::Vector3d direction, east, north;  ///< the star's triad
  double parallax = 0.0;                   ///< mas; ignored where inverse_parallax_error is 0
  double inverse_parallax_error = 0.0;     ///< mas^-1; 0 = not measured
  Eigen::Vector2d motion;                  ///< k mu (km/s per pc): (east, north)
  double motion_error = 0.0;               ///< k sigma_mu, per component (km/s per pc)
  double log_weight = 0.0;                 ///< of this node, and of the star's constant factors
  int star = 0;
};

/// The cluster at given parameters, as the star integrals use it.
struct ClusterState {
  const sim::globular::LoweredIsothermal* model;
  double radius_scale;       ///< r0, pc
  double velocity_scale;     ///< s, km/s
  Eigen::Vector3d position;  ///< of the centre, pc
  Eigen::Vector3d velocity;  ///< km/s
};

struct LineOfSight {
  bool empty = false;  ///< the line misses the cluster: no density anywhere
  StarDual distance, projected_square;
  StarDual east, north;
  StarDual stretch, t_low, t_high;  ///< a, and the ends of t
};

LineOfSight line_of_sight(const Sightline& star, const ClusterState& cluster, double reach);

}  // namespace praesepe::infer::models::globular
