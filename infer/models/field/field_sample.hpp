// Field stars drawn one after another.
#pragma once

#include <array>

#include "infer/models/field/field_parameters.hpp"
#include "infer/models/field/footprint.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::field {

/// The random numbers of one star: the same number of them for every star, so that scans share their stars.
struct StarNumbers {
  double share;                 ///< uniform: cluster or field, and which Gaussian of the field
  double distance;              ///< in scale lengths: a gamma variate of shape 3
  std::array<double, 2> place;  ///< uniform
  Eigen::Vector3d normal;       ///< of motion and radial velocity

  static StarNumbers draw(sim::random::Stream& stream);
};

/// True coordinates of a star of the field, as far as it has parameters for them. `share`: uniform, chooses the
/// Gaussian.
sim::astrometry::Icrs6 field_star(const FieldIndices& at, const Vector& truth, const Footprint& footprint, double share,
                                  const StarNumbers& numbers);

/// Sets the proper motion, or that in right ascension alone if there is no other.
void set_motion(const MotionIndices& at, const Vector& truth, const Eigen::Vector3d& normal,
                sim::astrometry::Icrs6& star);

}  // namespace praesepe::infer::models::field
