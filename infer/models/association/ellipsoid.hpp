// A covariance of positions and velocities as parameters have it, with the way back for slopes.
//
//   C = F F^T,   F = diag(sd) L(z)         L, z: sim/mixture/partial_correlations.hpp;  L = 1 without correlations
//
// With df/dC = G, df/dF is the lower triangle of 2 G F.
#pragma once

#include <array>

#include "infer/density/log_density.hpp"
#include "sim/association/phase_space.hpp"

namespace praesepe::infer::models::association {

using sim::association::Matrix6;
using sim::association::Vector6;

/// Where the parameters stand in theta.
struct Ellipsoid {
  std::array<Eigen::Index, 6> sd;  ///< standard deviations of x, pc, ... w, km/s; axes may share one
  Eigen::Index partials = -1;      ///< z_10; z_20, z_21, ... z_54 follow, 15 in all. -1: no correlations
};

/// Round in position and round in velocity.
Ellipsoid sphere(Eigen::Index dxyz, Eigen::Index duvw);
/// Each axis by itself: six standard deviations, one after another.
Ellipsoid axes(Eigen::Index first_sd, Eigen::Index partials = -1);

/// F, lower triangular.
Matrix6 factor_at(const Ellipsoid& ellipsoid, const density::Vector& theta);
/// Adds the gradient, given G: symmetric, the sum over all (i, j) of G_ij dC_ij is the change.
void pull_back(const Ellipsoid& ellipsoid, const density::Vector& theta, const Matrix6& by_covariance,
               density::Vector& gradient);

}  // namespace praesepe::infer::models::association
