// What all stars of a catalogue say of one birth ellipsoid, each on its own orbit.
//
// Over an old group the map from states today back to births is far from linear. Over what one star's measurements
// leave open it is nearly so. Each star therefore has the ellipsoid carried along an orbit close to its own, that of
// its likely state x:
//
//   b_x = F(x; -t),  B, J = B^-1            where it was born, and the map's Jacobians there
//   m_x = x + J (b - b_x)                   the ellipsoid of birth mean b, on orbits linear about that of x
//   C_x = J C_birth J^T
//   ln p = ln N(star; m_x, C_x)             overlaps.hpp
//   x <- m_x + C_x u                        the likely state by this: twice, from the mean's orbit (aged_ellipsoid.hpp)
//   on
//
// For a star without errors this is exactly the density of its birth times det B, wherever in the group it is. With
// errors, or without a radial velocity, it is Laplace's approximation at the birth: off by 0.005 at most in ln p of 50
// stars of a group of 30 pc, 3 km/s and 100 Myr without radial velocities, where linear orbits are off by up to 34
// (tests/infer/models/association/own_orbits_test.cpp). Strangers of the group have no such promise.
//
// Slopes. With u, G those of ln p by m_x and C_x, W = J^T G J, r = m_x - x, g = J^T u and
//
//   K = -2 W C_birth J^T - g r^T:    d ln p = g . (db - F_t dt) + sum_ij K_ij dB_ij + sum_ij W_ij d(C_birth)_ij
//
// x enters by dB alone: the first order is gone. Its slope q_k = sum_ij K_ij
// dB_ij/dx_k goes on to the m and C that x was found with, dx = (1 - C Q) (dm + dC u), Q = u u^T - 2 G, and so from
// step to step back to the mean's orbit.
//
// Cost: 0.25 us a star and component, six times that of linear orbits (tests/bench/association_benchmark.cpp).
#pragma once

#include <memory>

#include "infer/models/association/aged_ellipsoid.hpp"
#include "infer/models/association/star_states.hpp"
#include "infer/models/association/star_sums.hpp"

namespace praesepe::infer::models::association {

class OwnOrbits {
 public:
  explicit OwnOrbits(std::shared_ptr<const StarStates> stars);

  /// ln p of each star, (N); -infinity as of Overlaps.
  void evaluate(const AgedEllipsoid& ellipsoid, density::Array& values);
  /// The gradient of sum_n weight_n ln p_n at the last `evaluate`, by the ellipsoid. weight: (N).
  AgedEllipsoidSlopes slopes(const AgedEllipsoid& ellipsoid, const density::Array& weight) const;

 private:
  std::shared_ptr<const StarStates> stars_;
  StarSums sums_;
};

}  // namespace praesepe::infer::models::association
