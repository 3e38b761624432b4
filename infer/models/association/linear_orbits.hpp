// What all stars of a catalogue say of one birth ellipsoid, all on orbits linear about the mean's.
//
//   ln p_n(m, C_birth, t) = ln N(star n; m, C(m, C_birth, t))       C: aged_ellipsoid.hpp,  N: overlaps.hpp
//
// Cost: that of the overlaps and 3 us.
#pragma once

#include <memory>

#include "infer/models/association/aged_ellipsoid.hpp"
#include "infer/models/association/overlaps.hpp"

namespace praesepe::infer::models::association {

class LinearOrbits {
 public:
  explicit LinearOrbits(std::shared_ptr<const StarStates> stars) : overlaps_(std::move(stars)) {}

  /// ln p of each star, (N).
  void evaluate(const AgedEllipsoid& ellipsoid, density::Array& values) { overlaps_.evaluate(ellipsoid.now, values); }
  /// The gradient of sum_n weight_n ln p_n at the last `evaluate`, by the ellipsoid. weight: (N).
  AgedEllipsoidSlopes slopes(const AgedEllipsoid& ellipsoid, const density::Array& weight) const {
    const GaussianSlopes stars = overlaps_.slopes(weight);
    return pull_back(ellipsoid, stars.by_mean, stars.by_covariance);
  }

 private:
  Overlaps overlaps_;
};

}  // namespace praesepe::infer::models::association
