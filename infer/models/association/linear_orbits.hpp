// What all stars of a catalogue say of one birth sphere, all on orbits linear about the mean's.
//
//   ln p_n(m, dxyz, duvw, t) = ln N(star n; m, C(m, dxyz, duvw, t))       C: aged_sphere.hpp,  N: overlaps.hpp
//
// Cost: that of the overlaps and 3 us.
#pragma once

#include <memory>

#include "infer/models/association/aged_sphere.hpp"
#include "infer/models/association/overlaps.hpp"

namespace praesepe::infer::models::association {

class LinearOrbits {
 public:
  explicit LinearOrbits(std::shared_ptr<const StarStates> stars) : overlaps_(std::move(stars)) {}

  /// ln p of each star, (N).
  void evaluate(const EpicyclicOrbit& /*orbit*/, const AgedSphere& sphere, density::Array& values) {
    overlaps_.evaluate(sphere.now, values);
  }
  /// The gradient of sum_n weight_n ln p_n at the last `evaluate`, by the sphere's parameters. weight: (N).
  AgedSphereSlopes slopes(const AgedSphere& sphere, const density::Array& weight) const {
    const GaussianSlopes stars = overlaps_.slopes(weight);
    return pull_back(sphere, stars.by_mean, stars.by_covariance);
  }

 private:
  Overlaps overlaps_;
};

}  // namespace praesepe::infer::models::association
