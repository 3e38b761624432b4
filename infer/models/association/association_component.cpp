#include "infer/models/association/association_component.hpp"

namespace praesepe::infer::models::association {

AssociationComponent::AssociationComponent(std::shared_ptr<const StarStates> stars, Indices indices,
                                           const EpicyclicOrbit& orbit)
    : at_(indices), orbit_(orbit), overlaps_(std::move(stars)), sphere_{} {}

void AssociationComponent::log_marginal(const density::Vector& theta, density::Array& values) const {
  sphere_ = aged_sphere(orbit_, theta.segment<6>(at_.mean), theta[at_.dxyz], theta[at_.duvw], theta[at_.age]);
  overlaps_.evaluate(sphere_.now, values);
}

void AssociationComponent::pull_back(const density::Vector& /*theta*/, const density::Array& weight,
                                     density::Vector& gradient) const {
  const GaussianSlopes stars = overlaps_.slopes(weight);
  const AgedSphereSlopes slopes = association::pull_back(sphere_, stars.by_mean, stars.by_covariance);
  gradient.segment<6>(at_.mean) += slopes.by_mean;
  gradient[at_.dxyz] += slopes.by_dxyz;
  gradient[at_.duvw] += slopes.by_duvw;
  gradient[at_.age] += slopes.by_age;
}

}  // namespace praesepe::infer::models::association
