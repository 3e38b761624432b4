// Stars without a common birth: a Gaussian in position and velocity today, of any shape.
#pragma once

#include <memory>

#include "infer/models/association/ellipsoid.hpp"
#include "infer/models/association/overlaps.hpp"

namespace praesepe::infer::models::association {

class PresentDayGaussian final : public density::Component {
 public:
  /// Where the parameters stand in theta.
  struct Indices {
    Eigen::Index mean;  ///< x, pc; y, z, u, v, w follow
    Ellipsoid shape;
  };

  PresentDayGaussian(std::shared_ptr<const StarStates> stars, Indices indices);

  void log_marginal(const density::Vector& theta, density::Array& values) const override;
  void pull_back(const density::Vector& theta, const density::Array& weight, density::Vector& gradient) const override;

 private:
  Indices at_;
  mutable Overlaps overlaps_;
};

}  // namespace praesepe::infer::models::association
