// The stars of one association: born in an ellipsoid of positions and velocities, carried along until now.
//
// Either on orbits linear about the mean's (linear_orbits.hpp), or each on its own (own_orbits.hpp).
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "infer/models/association/ellipsoid.hpp"
#include "infer/models/association/linear_orbits.hpp"
#include "infer/models/association/own_orbits.hpp"

namespace praesepe::infer::models::association {

enum class Orbits { linear, own };

class AssociationComponent final : public density::Component {
 public:
  /// Where the parameters stand in theta.
  struct Indices {
    Eigen::Index mean;  ///< x today, pc; y, z, u, v, w follow
    Ellipsoid birth;
    Eigen::Index age;  ///< Myr
  };

  AssociationComponent(std::shared_ptr<const StarStates> stars, Indices indices, Orbits orbits,
                       const EpicyclicOrbit& orbit = EpicyclicOrbit());

  void log_marginal(const density::Vector& theta, density::Array& values) const override;
  void pull_back(const density::Vector& theta, const density::Array& weight, density::Vector& gradient) const override;

 private:
  Indices at_;
  EpicyclicOrbit orbit_;
  // Of the last log_marginal.
  mutable std::variant<LinearOrbits, OwnOrbits> stars_;
  mutable std::optional<AgedEllipsoid> ellipsoid_;
};

}  // namespace praesepe::infer::models::association
