// What the density of one star depends on, and its gradient.
#pragma once

#include <Eigen/Core>

namespace praesepe::infer::models::globular {

/// Units pc, km/s, mas.
enum StarInput : Eigen::Index {
  kDistance,          ///< z0, distance along the star's direction to the foot of the centre
  kProjectedSquare,   ///< R_p^2, squared distance of the centre from the line of sight
  kLogRadiusScale,    ///< ln r0
  kLogVelocityScale,  ///< ln s
  kEast,              ///< the centre's velocity on the star's east direction
  kNorth,             ///< on its north
  kOutwards,          ///< and on its direction; used with a radial velocity
  kPhi0,
  kTruncation,        ///< g
  kMeasuredParallax,  ///< which all stars' systematic error moves, mas
  kMeasuredEast,      ///< k mu, km/s per pc
  kMeasuredNorth,
  kStarInputs
};

using StarGradient = Eigen::Array<double, kStarInputs, 1>;

}  // namespace praesepe::infer::models::globular
