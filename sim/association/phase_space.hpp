// Positions and velocities of associations: six numbers (X, Y, Z, U, V, W), Cartesian, relative to the local standard
// of rest.
//
// X towards the Galactic centre, Y along the rotation, Z to the north Galactic pole, pc; U, V, W the velocities along
// them, km/s. The origin is the local standard of rest (LSR): the point of a circular orbit in the Galactic plane that
// lies below the Sun today. The axes turn with it.
#pragma once

#include <Eigen/Core>

namespace praesepe::sim::association {

/// (X, Y, Z, U, V, W): pc, km/s.
using Vector6 = Eigen::Matrix<double, 6, 1>;
using Matrix6 = Eigen::Matrix<double, 6, 6>;

/// A Gaussian in position and velocity.
struct Gaussian6 {
  Vector6 mean = Vector6::Zero();
  Matrix6 covariance = Matrix6::Zero();  ///< pc^2, pc km/s, (km/s)^2
};

}  // namespace praesepe::sim::association
