// The stars of one association: born in a sphere of positions and velocities, carried along its mean's orbit until now.
//
//   ln p_n(m, dxyz, duvw, t) = ln N(star n; m, C(m, dxyz, duvw, t))       C: aged_sphere.hpp,  N: overlaps.hpp
//
// Cost: that of the overlaps and 3 us.
#pragma once

#include <memory>

#include "infer/models/association/aged_sphere.hpp"
#include "infer/models/association/overlaps.hpp"

namespace praesepe::infer::models::association {

class AssociationComponent final : public density::Component {
 public:
  /// Where the nine parameters stand in theta.
  struct Indices {
    Eigen::Index mean;  ///< x today, pc; y, z, u, v, w follow
    Eigen::Index dxyz;  ///< standard deviation of positions at birth, pc
    Eigen::Index duvw;  ///< of velocities at birth, km/s
    Eigen::Index age;   ///< Myr
  };

  AssociationComponent(std::shared_ptr<const StarStates> stars, Indices indices,
                       const EpicyclicOrbit& orbit = EpicyclicOrbit());

  void log_marginal(const density::Vector& theta, density::Array& values) const override;
  void pull_back(const density::Vector& theta, const density::Array& weight, density::Vector& gradient) const override;

 private:
  Indices at_;
  EpicyclicOrbit orbit_;
  // Of the last log_marginal.
  mutable Overlaps overlaps_;
  mutable AgedSphere sphere_;
};

}  // namespace praesepe::infer::models::association
