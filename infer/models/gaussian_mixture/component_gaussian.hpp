// The parameters of one component and the Gaussian that they stand for.
//
//   F = diag(sd) L(z)         mean (8), sd (8), partial correlations z of the pairs that a Correlations choice frees
//
// in the order of sim::mixture::Coordinate. L and z: sim/mixture/partial_correlations.hpp. Pairs that are not free have
// z = 0, which for the choices here makes their correlations 0 too.
#pragma once

#include <utility>
#include <vector>

#include "infer/density/log_density.hpp"
#include "sim/mixture/gaussian_mixture.hpp"
#include "sim/mixture/partial_correlations.hpp"

namespace praesepe::infer::models::gaussian_mixture {

using sim::mixture::Matrix8;
using sim::mixture::Vector8;

enum class Correlations {
  none,
  velocity,  ///< vx, vy, vz: 3
  blocks,    ///< direction, velocity, photometry, each by itself: 5
  full       ///< all 28
};

/// A free correlation: row > column, with the shape of its Beta prior under LKJ(1) within its block.
struct CorrelatedPair {
  Eigen::Index row;
  Eigen::Index column;
  double lkj_shape;
};

std::vector<CorrelatedPair> correlated_pairs(Correlations choice);

/// Where one component's parameters stand in theta: mean, sd, then the pairs.
struct ComponentLayout {
  Eigen::Index first;
  std::vector<CorrelatedPair> pairs;

  Eigen::Index mean(Eigen::Index coordinate) const { return first + coordinate; }
  Eigen::Index sd(Eigen::Index coordinate) const { return first + sim::mixture::kCoordinates + coordinate; }
  Eigen::Index partial(std::size_t pair) const {
    return first + 2 * sim::mixture::kCoordinates + static_cast<Eigen::Index>(pair);
  }
  Eigen::Index size() const { return 2 * sim::mixture::kCoordinates + static_cast<Eigen::Index>(pairs.size()); }
};

/// The Gaussian at theta (P), before truncation. Its factor has a zero on the diagonal if a correlation is 1.
sim::mixture::StellarGaussian gaussian_at(const ComponentLayout& layout, const density::Vector& theta);

/// Correlation of each free pair.
density::Vector correlations(const ComponentLayout& layout, const density::Vector& theta);

/// Writes mean, sd and covariance into theta (P), as far as the free pairs allow; others are ignored.
void set_gaussian(const ComponentLayout& layout, const Vector8& mean, const Matrix8& covariance,
                  density::Vector& theta);

/// Sums over stars with weights: of 1, of E[u - mean] and of E[(u - mean) (u - mean)^T] given each star's data.
struct WeightedMoments {
  double weight = 0.0;
  Vector8 first = Vector8::Zero();
  Matrix8 second = Matrix8::Zero();
};

/// Adds the gradient of the weighted sum of log m to gradient (P). By Fisher's identity it is the expectation, over a
/// star's u given its data, of the gradient of log N8(u) - log P(r > 0): moments are all that it takes.
void pull_back(const ComponentLayout& layout, const density::Vector& theta, const WeightedMoments& moments,
               density::Vector& gradient);

}  // namespace praesepe::infer::models::gaussian_mixture
