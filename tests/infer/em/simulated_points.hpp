// Mixtures and noisy points for the tests of infer/em, and the E step written out point by point.
#pragma once

#include <vector>

#include "infer/em/gaussian_mixture.hpp"
#include "infer/em/noisy_points.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::tests {

infer::em::Vector normals(Eigen::Index size, sim::random::Stream& stream);
/// A random covariance with a standard deviation of about `scale` along each dimension.
infer::em::Matrix random_covariance(Eigen::Index dimension, double scale, sim::random::Stream& stream);
/// Random components, centres about `apart` widths from each other, unequal weights.
infer::em::GaussianMixture random_mixture(Eigen::Index dimension, int components, double apart,
                                          sim::random::Stream& stream);
infer::em::Vector draw_from(const infer::em::GaussianMixture& mixture, sim::random::Stream& stream);

/// Draws from the mixture, seen complete.
infer::em::NoisyPoints complete_points(const infer::em::GaussianMixture& mixture, int count, double noise,
                                       sim::random::Stream& stream);
/// In turn: complete; one value missing; two projected combinations; all values missing; no noise; a projection with a
/// value missing.
infer::em::NoisyPoints mixed_points(const infer::em::GaussianMixture& mixture, int count, double noise,
                                    sim::random::Stream& stream);

/// ln N(y; R m, R V R' + S) by Eigen.
double log_normal(const infer::em::NoisyPoint& point, const infer::em::GaussianComponent& component);
/// q (N, K), by Eigen.
infer::em::Matrix shares(const infer::em::NoisyPoints& points, const infer::em::GaussianMixture& mixture);

}  // namespace praesepe::tests
