// Stars drawn from a Gaussian and given Gaia's errors: the first, fourth, ... without radial velocity.
#pragma once

#include <Eigen/Cholesky>
#include <limits>

#include "infer/models/association/star_states.hpp"
#include "sim/association/present_day.hpp"
#include "sim/random/stream.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::association {

/// Mean of a group 65 pc from the Sun.
inline Vector6 example_mean() { return {-30.0, 55.0, 12.0, 1.5, -4.0, -2.5}; }

inline std::vector<sim::astrometry::Icrs6> example_icrs(const Gaussian6& now, int count) {
  sim::random::Stream rng({.seed = 11}, sim::random::Purpose::latents);
  const Matrix6 root = now.covariance.llt().matrixL();
  std::vector<sim::astrometry::Icrs6> stars;
  for (int n = 0; n < count; ++n) {
    Vector6 e;
    for (double& value : e) value = rng.normal();
    stars.push_back(to_icrs(now.mean + root * e, sim::association::GalacticFrame()));
    if (n % 3 == 0) stars.back().radial_velocity = std::numeric_limits<double>::quiet_NaN();
  }
  return stars;
}

/// Errors of the kind that Gaia has, in its units, correlated; that of the radial velocity by itself.
inline Matrix6 example_errors(double radial_velocity_error) {
  Matrix6 root = Matrix6::Identity();
  root.row(2) << 0.1, -0.2, 1.0, 0.0, 0.0, 0.0;
  root.row(3) << -0.1, 0.2, 0.4, 1.0, 0.0, 0.0;
  root.row(4) << 0.2, 0.1, -0.3, 0.2, 1.0, 0.0;
  Vector6 scale;
  scale << 0.02, 0.018, 0.03, 0.03, 0.025, radial_velocity_error;
  root = scale.asDiagonal() * root;
  return root * root.transpose();
}

/// Errors of parallax 500 times smaller than it, over error_scale.
inline std::vector<StarState> example_stars(const Gaussian6& now, int count, double error_scale = 1.0) {
  std::vector<StarState> stars;
  for (const auto& star : example_icrs(now, count)) {
    const Matrix6 errors = example_errors(0.3 + 0.2 * static_cast<double>(stars.size()));
    stars.push_back(star_state(star, error_scale * error_scale * errors, {}, Distances::integrated));
  }
  return stars;
}

/// A sphere of 10 pc and 1 km/s.
inline Gaussian6 example_group() { return sim::association::birth_sphere(example_mean(), 10.0, 1.0); }

/// f as a function of x, theta = centre + unit x, so that all entries of the gradient are of one order.
inline tests::DifferentiableFunction in_units(tests::DifferentiableFunction f, const Eigen::VectorXd& centre,
                                              const Eigen::VectorXd& unit) {
  return [f = std::move(f), centre, unit](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    const double value = f(centre + unit.cwiseProduct(x), gradient);
    gradient = gradient.cwiseProduct(unit).eval();
    return value;
  };
}

}  // namespace praesepe::infer::models::association
