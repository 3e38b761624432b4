#include "infer/models/field/field_starts.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "infer/em/starting_mixture.hpp"

namespace praesepe::infer::models::field {

using em::GaussianMixture;

em::Fit point_fit(const em::NoisyPoints& points, int components, sim::random::Stream& stream) {
  constexpr int kTrials = 6;
  em::FitOptions options;
  options.regularisation = 1e-4;  // (mas/yr)^2: a cluster of few stars must not become a point
  options.tolerance = 1e-7;
  return em::best_fit(points, static_cast<std::size_t>(components), kTrials, stream, options);
}

std::vector<std::size_t> by_density(const GaussianMixture& mixture) {
  std::vector<std::size_t> order(mixture.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto density = [&](std::size_t k) {
    return mixture.components[k].weight / std::sqrt(std::max(mixture.components[k].covariance.determinant(), 1e-300));
  };
  std::ranges::sort(order, std::ranges::greater{}, density);
  return order;
}

void set_motion(const MotionIndices& at, const em::GaussianComponent& gaussian, Vector& theta) {
  theta[at.pmra] = gaussian.mean[0];
  theta[at.sd_pmra] = std::sqrt(gaussian.covariance(0, 0));
  if (at.pmdec < 0) return;
  theta[at.pmdec] = gaussian.mean[1];
  theta[at.sd_pmdec] = std::sqrt(gaussian.covariance(1, 1));
  theta[at.correlation] = gaussian.covariance(0, 1) / (theta[at.sd_pmra] * theta[at.sd_pmdec]);
}

void set_field(const FieldIndices& at, const GaussianMixture& mixture, std::size_t cluster, Vector& theta) {
  theta[at.cluster_fraction] = mixture.components[cluster].weight;
  auto rest = mixture.components;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(cluster));
  std::ranges::sort(rest, {}, [](const auto& c) { return c.covariance(0, 0); });
  double total = 0.0;
  for (const auto& c : rest) total += c.weight;
  for (std::size_t k = 0; k < rest.size(); ++k) {
    if (at.gaussians[k].weight >= 0) theta[at.gaussians[k].weight] = rest[k].weight / total;
    set_motion(at.gaussians[k].motion, rest[k], theta);
  }
}

Moments moments(const Array& values, const Array& weight, Moments otherwise) {
  const Array known = values.isNaN().select(0.0, weight), filled = values.isNaN().select(0.0, values);
  const double total = known.sum();
  if (!(total > 0.5)) return otherwise;
  const double mean = (known * filled).sum() / total;
  return {mean, std::sqrt((known * (filled - mean).square()).sum() / total)};
}

double length_from(const Array& parallax, const Array& weight) {
  // EDSD of scale length L has mean parallax 1 / (2 L).
  return 0.5 / std::max(moments(parallax, weight, {1.0, 1.0}).mean, 0.05);
}

}  // namespace praesepe::infer::models::field
