// A cluster in six dimensions: a round Gaussian ball of stars around a centre, with an isotropic Gaussian velocity
// dispersion around its motion; distance and velocity of each star integrated out.
//
//   X ~ N(C, a^2 1),  V ~ N(U, s^2 1)       C = D c(ra, dec),  U = k D (pmra p + pmdec q) + radial_velocity c
//
// A star in direction n (east p, north q) at distance r is at X = r n; its density per steradian and unit r is r^2 N3:
//
//   m = exp(-(|C|^2 - (n C)^2) / 2 a^2) / (2 pi a^2)  N(v_r; n U, s^2 + e^2)
//         integral r^2 N(r; n C, a^2)  N3(parallax, pmra, pmdec; mean(r), T(r)) dr
//   mean(r) = (1 / r, p U / k r, q U / k r),          T(r) = errors + s^2 diag(0, 1 / (k r)^2, 1 / (k r)^2)
//
// Perspective is exact: every star has its own triad. The integrand is close to a Gaussian in r, whose place and width
// follow from the parallax, the proper motion and the depth; Gauss-Hermite about it: 1e-6 in ln m for a / D < 0.1
// (cluster_ball_test.cpp). Distances in kpc here, sizes in pc in theta; speeds km/s.
#pragma once

#include "infer/density/mixture.hpp"
#include "infer/models/field/stars.hpp"
#include "sim/astrometry/coordinates.hpp"

namespace praesepe::infer::models::membership {

using density::Vector;
using field::Array;
using field::Directions;
using field::Measured;
using field::ParallaxCovariance;
using field::ProperMotions;

/// Where the parameters are in theta: deg, mas, mas/yr, km/s, pc, km/s.
struct BallIndices {
  Eigen::Index ra, dec, parallax, pmra, pmdec, radial_velocity, size, dispersion;
};

class ClusterBall final : public density::Component {
 public:
  ClusterBall(Directions directions, Measured parallax, ProperMotions motions, ParallaxCovariance covariance,
              Measured radial_velocity, BallIndices indices);

  void log_marginal(const Vector& theta, Array& values) const override;
  void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const override;

 private:
  struct State;  // the centre, size and dispersion
  struct Star;
  Star star(Eigen::Index n) const;
  sim::astrometry::Icrs6 centre_at(const Vector& theta) const;
  double add_distance(const State& state, const Star& star, Eigen::Index n) const;
  double add_radial_velocity(const State& state, const Star& star, Eigen::Index n) const;

  Directions directions_;
  Measured parallax_, radial_velocity_;
  ProperMotions motions_;
  ParallaxCovariance covariance_;
  BallIndices at_;
  mutable Eigen::Matrix<double, 8, Eigen::Dynamic> slopes_;  // (8, N) d ln m / d (C, U, a, s) of the last log_marginal
};

}  // namespace praesepe::infer::models::membership
