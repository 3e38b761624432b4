// A birth ellipsoid seen from today: the Gaussian of an association whose present-day mean is known, with its gradient.
//
//   b = F(m; -t)       B = d b / d m       J = B^-1       C = J C_birth J^T
//
// m is the mean today, t the age, F an orbit: tracing m back gives the mean at birth, and the inverse of that map's
// Jacobian is the Jacobian forward. Then only C depends on t, and m is what the stars show directly: it is far less
// correlated with the age than the mean at birth.
//
// Gradient of f(m, C), given g = df/dm and the symmetric G = df/dC: dJ = -J dB J, and with W = J^T G J
//
//   df = g . dm + sum_ij K_ij dB_ij + sum_ij W_ij d(C_birth)_ij         K = -2 W C_birth J^T
//
// and dB follows from the second derivatives of F.
#pragma once

#include "sim/association/epicyclic_orbit.hpp"
#include "sim/association/phase_space.hpp"

namespace praesepe::infer::models::association {

using sim::association::EpicyclicOrbit;
using sim::association::Gaussian6;
using sim::association::Matrix6;
using sim::association::Vector6;

struct AgedEllipsoid {
  Matrix6 birth;  ///< C_birth
  double age_myr;
  Gaussian6 now;
  sim::association::CurvedOrbit back;  ///< from m to the mean at birth

  const Vector6& birth_mean() const { return back.first().state; }
  const Matrix6& forward() const { return back.inverse_jacobian(); }  ///< J
};

/// birth_factor: F with C_birth = F F^T.
AgedEllipsoid aged_ellipsoid(const EpicyclicOrbit& orbit, const Vector6& mean_now, const Matrix6& birth_factor,
                             double age_myr);
/// F of a sphere: standard deviations in pc and km/s.
Matrix6 sphere_factor(double dxyz_pc, double duvw_kms);

struct AgedEllipsoidSlopes {
  Vector6 by_mean;
  Matrix6 by_birth;  ///< by C_birth, symmetric
  double by_age;
};

/// The gradient of f, given g and G.
AgedEllipsoidSlopes pull_back(const AgedEllipsoid& ellipsoid, const Vector6& by_mean, const Matrix6& by_covariance);

}  // namespace praesepe::infer::models::association
