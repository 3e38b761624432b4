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
    : at_(indices), orbit_(orbit), stars_(on_orbits(std::move(stars), orbits)), sphere_{} {}

void AssociationComponent::log_marginal(const density::Vector& theta, density::Array& values) const {
  sphere_ = aged_sphere(orbit_, theta.segment<6>(at_.mean), theta[at_.dxyz], theta[at_.duvw], theta[at_.age]);
  std::visit([&](auto& stars) { stars.evaluate(orbit_, sphere_, values); }, stars_);
}

void AssociationComponent::pull_back(const density::Vector& /*theta*/, const density::Array& weight,
                                     density::Vector& gradient) const {
  const AgedSphereSlopes slopes = std::visit([&](const auto& stars) { return stars.slopes(sphere_, weight); }, stars_);
  gradient.segment<6>(at_.mean) += slopes.by_mean;
  gradient[at_.dxyz] += slopes.by_dxyz;
  gradient[at_.duvw] += slopes.by_duvw;
  gradient[at_.age] += slopes.by_age;
}

}  // namespace praesepe::infer::models::association
