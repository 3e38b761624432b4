// A star under one component at given distance: velocity, colour and magnitude integrated out in closed form.
//
//   p(y, n, r) = N2(n) N1(r | n) N_d(y; c(r) + B(r) m(r), Lambda + B(r) S B(r)^T)              science in README.md
//
// With F the component's factor, F_zz its block of z = (velocity, colour, magnitude), S = F_zz F_zz^T and m(r), the
// mean of z given n and r, is linear in r. Velocities are turned to the star's triad once; then distance enters by 1/r
// (parallax), log r (magnitude), r (dust, m) and eta = 1/(k r), which multiplies the rows of the proper motion. The
// other rows (steady) are whitened once a star; at each r there is a 2 x 2 Cholesky factor of the proper motion given
// them. No row is ever subtracted from a larger one to get S: F_zz is a block of a Cholesky factor. Accuracy: 1e-9 in
// log p against numbers of other code (tests/infer/models/gaussian_mixture/distance_integrand_test.cpp). Cost: about 50
// ns a distance, 0.1 us with moments.
#pragma once

#include <Eigen/Core>

#include "infer/models/gaussian_mixture/component_gaussian.hpp"
#include "infer/models/gaussian_mixture/star.hpp"

namespace praesepe::infer::models::gaussian_mixture {

/// The coordinates that leave in closed form, in order: velocity, colour, magnitude.
inline constexpr Eigen::Index kInner = 5;
using Vector5 = Eigen::Matrix<double, kInner, 1>;
using Matrix5 = Eigen::Matrix<double, kInner, kInner>;

/// A Gaussian of z: velocity along ICRS axes (km/s), colour, magnitude.
struct InnerGaussian {
  Vector5 mean;
  Matrix5 covariance;
};

/// Moments of u - mean given a star's data, the distance integrated over.
struct StarMoments {
  Vector8 first;
  Matrix8 second;
};

class DistanceIntegrand {
 public:
  DistanceIntegrand(const Star& star, const sim::mixture::StellarGaussian& component, const sim::mixture::Dust& dust);

  /// log p(y, n, r) per deg^2 kpc and units of y, before truncation to r > 0. r in kpc, and its logarithm.
  double log_density(double r, double log_r) const { return at(r, log_r).log_density; }

  /// Velocity, colour and magnitude given the data and r.
  InnerGaussian inner_given(double r, double log_r) const;

  /// Sums over distances with weights, from which the star's moments follow.
  struct Sums {
    double weight = 0.0, distance = 0.0, distance_squared = 0.0;
    Vector5 inner = Vector5::Zero(), inner_distance = Vector5::Zero();
    Matrix5 inner_squared = Matrix5::Zero();  ///< lower triangle
  };
  /// The same value, and a way to add exp(value - reference) at this r to sums.
  class At;
  At at(double r, double log_r) const;
  void add(const At& at, double weight, Sums& sums) const;
  StarMoments moments(const Sums& sums) const;

  /// Mean and standard deviation of r given the direction alone, before truncation, kpc.
  double distance_mean() const { return distance_mean_; }
  double distance_sd() const { return distance_sd_; }
  /// Information on log r at r, expected: the sum over rows as if they were independent.
  double information(double r) const;
  /// Distances that single rows point to, kpc: the prior's mode in log r, parallax, magnitude, proper motion. 0 where a
  /// row is missing or says nothing.
  Eigen::Vector4d indicated_distances() const;

  class At {
   public:
    double log_density;

   private:
    friend class DistanceIntegrand;
    double offset;           // r - distance_mean
    double eta;              // 1 / (k r)
    Eigen::Vector4d steady;  // whitened residuals of the steady rows
    Eigen::Vector2d moving;  // of the proper motion given those
    double l00, l10, l11;    // Cholesky factor of its covariance
  };

 private:
  using Matrix45 = Eigen::Matrix<double, 4, kInner>;
  using Matrix42 = Eigen::Matrix<double, 4, 2>;
  using Matrix25 = Eigen::Matrix<double, 2, kInner>;

  /// Covariance of the moving rows with z given the steady ones, whitened: what each adds to the mean of z.
  Matrix25 moving_gain(const At& at) const;

  const Star* star_;
  // Distance given direction; z given direction and distance, velocity along the star's triad:
  double distance_mean_, distance_sd_;
  Vector5 inner_mean_, inner_slope_;  // at distance_mean, per kpc
  Matrix5 inner_covariance_;
  Vector8 shift_;  // mean of u given the direction, velocity along ICRS axes, minus the component's mean
  double constant_;
  Eigen::Matrix4d residual_;                     // whitened steady residuals = residual_ (1, r - mean, log r, 1/r)
  Matrix45 steady_gain_;                         // what they add to z
  Matrix42 cross0_, cross1_;                     // whitened covariance with the moving rows = cross0 + eta cross1
  Eigen::Matrix2d moving0_, moving1_, moving2_;  // covariance of those given the steady rows, powers of eta
  Eigen::Vector2d moving_mean_, moving_slope_;   // tangential velocity at distance_mean, per kpc; 0 where missing
  Matrix25 gain0_, gain1_;                       // covariance of the moving rows with z given the steady ones
  double magnitude_variance_ = 0.0;
};

}  // namespace praesepe::infer::models::gaussian_mixture
