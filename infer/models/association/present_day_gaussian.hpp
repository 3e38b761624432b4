// Stars without a common birth: a Gaussian in position and velocity today, of any shape.
//
//   C = F F^T,   F = diag(sd) L(z)         L, z: sim/mixture/partial_correlations.hpp;  L = 1 without correlations
//
// With df/dC = G, df/dF is the lower triangle of 2 G F.
#pragma once

#include <memory>

#include "infer/models/association/overlaps.hpp"

namespace praesepe::infer::models::association {

class PresentDayGaussian final : public density::Component {
 public:
  /// Where the parameters stand in theta.
  struct Indices {
    Eigen::Index mean;           ///< x, pc; y, z, u, v, w follow
    Eigen::Index sd;             ///< that of x; five follow
    Eigen::Index partials = -1;  ///< z_10; z_20, z_21, ... z_54 follow, 15 in all. -1: no correlations
  };

  PresentDayGaussian(std::shared_ptr<const StarStates> stars, Indices indices);

  void log_marginal(const density::Vector& theta, density::Array& values) const override;
  void pull_back(const density::Vector& theta, const density::Array& weight, density::Vector& gradient) const override;

 private:
  Indices at_;
  mutable Overlaps overlaps_;
};

/// F of the Gaussian at theta, lower triangular.
Matrix6 factor_at(const PresentDayGaussian::Indices& at, const density::Vector& theta);

}  // namespace praesepe::infer::models::association
