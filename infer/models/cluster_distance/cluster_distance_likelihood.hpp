// Log likelihood of a cluster's distance and depth, the stars' distances integrated out; see cluster_distance_study.hpp
// for the model, distance_integral.hpp for the integral.
#pragma once

#include <Eigen/Core>

#include "infer/density/log_density.hpp"

namespace praesepe::infer::models::cluster_distance {

/// Order of the parameters in theta.
enum Index : Eigen::Index { kMeanDistance, kLogDepth, kParameters };

class ClusterDistanceLikelihood final : public density::Likelihood {
 public:
  /// Parallaxes and their standard deviations, mas, (N) each.
  ClusterDistanceLikelihood(Eigen::ArrayXd parallax, Eigen::ArrayXd error);

  Eigen::Index dimension() const override { return kParameters; }
  /// -infinity unless mu_r > 0.
  double log_likelihood(const density::Vector& theta, density::Vector& gradient) const override;

 private:
  Eigen::ArrayXd parallax_, error_;
};

}  // namespace praesepe::infer::models::cluster_distance
