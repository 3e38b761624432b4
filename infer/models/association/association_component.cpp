#include "infer/models/association/association_component.hpp"

namespace praesepe::infer::models::association {

namespace {

std::variant<LinearOrbits, OwnOrbits> on_orbits(std::shared_ptr<const StarStates> stars, Orbits orbits) {
  if (orbits == Orbits::own) return OwnOrbits(std::move(stars));
  return LinearOrbits(std::move(stars));
}

}  // namespace

AssociationComponent::AssociationComponent(std::shared_ptr<const StarStates> stars, Indices indices, Orbits orbits,
                                           const EpicyclicOrbit& orbit)
    : at_(indices), orbit_(orbit), stars_(on_orbits(std::move(stars), orbits)) {}

void AssociationComponent::log_marginal(const density::Vector& theta, density::Array& values) const {
  ellipsoid_ = aged_ellipsoid(orbit_, theta.segment<6>(at_.mean), factor_at(at_.birth, theta), theta[at_.age]);
  std::visit([&](auto& stars) { stars.evaluate(*ellipsoid_, values); }, stars_);
}

void AssociationComponent::pull_back(const density::Vector& theta, const density::Array& weight,
                                     density::Vector& gradient) const {
  const AgedEllipsoidSlopes slopes =
      std::visit([&](const auto& stars) { return stars.slopes(*ellipsoid_, weight); }, stars_);
  gradient.segment<6>(at_.mean) += slopes.by_mean;
  association::pull_back(at_.birth, theta, slopes.by_birth, gradient);
  gradient[at_.age] += slopes.by_age;
}

}  // namespace praesepe::infer::models::association
