// A birth sphere seen from today: the Gaussian of an association whose present-day mean is known, with its gradient.
//
//   b = F(m; -t)       B = d b / d m       J = B^-1       C = J C_birth J^T       C_birth = diag(dxyz^2 x3, duvw^2 x3)
//
// m is the mean today, t the age, F an orbit: tracing m back gives the mean at birth, and the inverse of that map's
// Jacobian is the Jacobian forward. Then only C depends on t, and m is what the stars show directly: it is far less
// correlated with the age than the mean at birth.
//
// Gradient of f(m, C), given g = df/dm and the symmetric G = df/dC: dJ = -J dB J, and with W = J^T G J
//
//   df = g . dm + sum_ij K_ij dB_ij + 2 tr_x(W) dxyz d(dxyz) + 2 tr_v(W) duvw d(duvw)         K = -2 W C_birth J^T
//
// where tr_x, tr_v are traces over positions and over velocities, and dB follows from the second derivatives of F.
#pragma once

#include "sim/association/epicyclic_orbit.hpp"
#include "sim/association/phase_space.hpp"

namespace praesepe::infer::models::association {

using sim::association::EpicyclicOrbit;
using sim::association::Gaussian6;
using sim::association::Matrix6;
using sim::association::Vector6;

struct AgedSphere {
  double dxyz_pc, duvw_kms, age_myr;
  Gaussian6 now;
  sim::association::CurvedOrbit back;  ///< from m to the mean at birth, back.first.state
  Matrix6 forward;                     ///< J
};

AgedSphere aged_sphere(const EpicyclicOrbit& orbit, const Vector6& mean_now, double dxyz_pc, double duvw_kms,
                       double age_myr);

struct AgedSphereSlopes {
  Vector6 by_mean;
  double by_dxyz, by_duvw, by_age;
};

/// The gradient of f, given g and G.
AgedSphereSlopes pull_back(const AgedSphere& sphere, const Vector6& by_mean, const Matrix6& by_covariance);

}  // namespace praesepe::infer::models::association
