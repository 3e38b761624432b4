#include "infer/models/association/overlaps.hpp"

namespace praesepe::infer::models::association {

Overlaps::Overlaps(std::shared_ptr<const StarStates> stars)
    : stars_(std::move(stars)), sums_(stars_, kGaussianSlopes) {}

void Overlaps::evaluate(const Gaussian6& gaussian, density::Array& values) {
  const BatchGaussian all = broadcast(gaussian);
  for (Eigen::Index first = 0; first < stars_->packs() * kLanes; first += kWidth) {
    const double* lane = stars_->pack(first / kLanes) + first % kLanes;
    const BatchOverlap found = overlap_with(all, lane);
    sums_.keep(first, found.sound, found.value + field_of(lane, StarStates::kOffset),
               [&](Eigen::Index i) -> const Batch& { return i < 6 ? found.u[at(i)] : found.h[at(i - 6)]; });
  }
  sums_.read_values(values);
}

GaussianSlopes Overlaps::slopes(const density::Array& weight) const { return gaussian_slopes(sums_.sum(weight)); }

GaussianSlopes gaussian_slopes(const Eigen::Ref<const density::Vector>& sums) {
  GaussianSlopes slopes{.by_mean = sums.head<6>()};
  for (Eigen::Index a = 0; a < 6; ++a) {
    for (Eigen::Index b = 0; b <= a; ++b) {
      slopes.by_covariance(a, b) = slopes.by_covariance(b, a) = 0.5 * sums[6 + triangle_at(a, b)];
    }
  }
  return slopes;
}

}  // namespace praesepe::infer::models::association
