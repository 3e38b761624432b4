// A mixture of K Gaussians in D dimensions: p(x) = sum_k weight_k N(x; mean_k, covariance_k).
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace praesepe::infer::em {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

struct GaussianComponent {
  double weight;      ///< >= 0
  Vector mean;        ///< (D)
  Matrix covariance;  ///< (D, D) symmetric positive definite
};

struct GaussianMixture {
  std::vector<GaussianComponent> components;  ///< (K)

  std::size_t size() const { return components.size(); }
  /// D; there must be a component.
  Eigen::Index dimension() const { return components.front().mean.size(); }
  /// (K - 1) weights, K D means, K D (D + 1) / 2 covariances.
  int free_parameters() const;

  /// Throws InputError, naming the component, unless there is one, all have the same D > 0, weights are not negative
  /// and sum to 1 (to 1e-8), means are finite, and covariances symmetric positive definite.
  void check() const;
};

}  // namespace praesepe::infer::em
