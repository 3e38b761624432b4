#include "infer/models/gaussian_mixture/start_points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "infer/em/starting_mixture.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::gaussian_mixture {

using density::Vector;
using sim::astrometry::kKmsPerMasyrKpc;
using namespace sim::mixture;

std::vector<double> rough_distances(const std::vector<Star>& stars) {
  double weight = 0.0, sum = 0.0, squares = 0.0, noise = 0.0;
  for (const Star& star : stars) {
    if (star.has[kParallaxRow] == 0.0) continue;
    const double w = 1.0 / star.noise(kParallaxRow, kParallaxRow), parallax = star.data[kParallaxRow];
    weight += w;
    sum += w * parallax;
    squares += w * parallax * parallax;
    noise += 1.0;
  }
  if (weight == 0.0) return {};
  // Mean, and variance beyond the noise; neither lets a distance get out of hand.
  const double mean = std::max(sum / weight, 1.0 / std::sqrt(weight));
  const double variance = std::max((squares - noise) / weight - mean * mean, 0.01 * mean * mean);
  std::vector<double> distances;
  for (const Star& star : stars) {
    const double error = star.noise(kParallaxRow, kParallaxRow);
    const double shrunk =
        star.has[kParallaxRow] == 0.0 ? mean : (star.data[kParallaxRow] * variance + mean * error) / (variance + error);
    distances.push_back(1.0 / std::max(shrunk, 0.1 * mean));
  }
  return distances;
}

em::NoisyPoints linearised(const std::vector<Star>& stars, const std::vector<double>& distances, const Dust& dust,
                           const Vector8& scale) {
  constexpr double kMagnitudesPerLog = 5.0 / std::numbers::ln10, kMissing = std::numeric_limits<double>::quiet_NaN();
  em::NoisyPoints points(kCoordinates);
  for (std::size_t i = 0; i < stars.size(); ++i) {
    const Star& star = stars[i];
    const double r = distances[i], eta = 1.0 / (kKmsPerMasyrKpc * r);
    // Rows: the direction, then those of the star.
    Matrix8 projection = Matrix8::Zero(), noise = Matrix8::Zero();
    noise.bottomRightCorner<kRows, kRows>() = star.noise;
    Vector8 value;
    value << star.direction, star.data;
    projection(0, kEast) = projection(1, kNorth) = 1.0;
    projection(2 + kColourRow, kColour) = projection(2 + kMagnitudeRow, kMagnitude) = 1.0;
    projection(2 + kColourRow, kDistance) = dust.reddening;
    projection(2 + kMagnitudeRow, kDistance) = kMagnitudesPerLog / r + dust.extinction;
    value[2 + kMagnitudeRow] -= 5.0 * std::log10(r) + 10.0 - kMagnitudesPerLog;
    projection.row(2 + kVelocityRow).segment<3>(kVx) = star.triad.row(2);
    projection(2 + kParallaxRow, kDistance) = -1.0 / (r * r);
    value[2 + kParallaxRow] -= 2.0 / r;
    for (Eigen::Index axis = 0; axis < 2; ++axis) {
      const Eigen::Index row = 2 + kPmraRow + axis;
      projection.row(row).segment<3>(kVx) = eta * star.triad.row(axis);
      projection(row, kDistance) = -star.data[kPmraRow + axis] / r;
      value[row] = 0.0;
    }
    for (Eigen::Index row = 0; row < kRows; ++row) {
      if (star.has[row] == 0.0) value[2 + row] = kMissing;
    }
    points.add(value, noise, projection * scale.asDiagonal());
  }
  return points;
}

namespace {

/// Typical sizes of the coordinates: only roughly, for a mixture whose axes are comparable.
Vector8 scale_of(const std::vector<Star>& stars, const std::vector<double>& distances) {
  const auto count = static_cast<Eigen::Index>(stars.size());
  Eigen::ArrayXXd u(count, kCoordinates);
  for (Eigen::Index i = 0; i < count; ++i) {
    const Star& star = stars[static_cast<std::size_t>(i)];
    const double r = distances[static_cast<std::size_t>(i)];
    const double speed = kKmsPerMasyrKpc * r * star.data.tail<2>().norm();
    u.row(i) << star.direction[0], star.direction[1], r, speed, speed, speed, star.data[kColourRow],
        star.has[kMagnitudeRow] * (star.data[kMagnitudeRow] - 5.0 * std::log10(r));
  }
  const Eigen::ArrayXd sd = (u.rowwise() - u.colwise().mean()).square().colwise().mean().sqrt().transpose();
  const Vector8 smallest{{0.01, 0.01, 1e-3, 0.1, 0.1, 0.1, 0.05, 0.05}};
  return sd.matrix().cwiseMax(smallest);
}

/// The coordinate by whose mean the priors order the components, or -1.
Eigen::Index ordering(const ComponentLayout& layout, const density::ParameterSpace& space) {
  for (Eigen::Index i = 0; i < kCoordinates; ++i) {
    if (space.priors()[static_cast<std::size_t>(layout.mean(i))].is_ascending()) return i;
  }
  return -1;
}

}  // namespace

std::vector<Vector> deconvolved_starts(const std::vector<Star>& stars, const Dust& dust,
                                       const std::vector<ComponentLayout>& layouts,
                                       const density::ParameterSpace& space, int count, sim::random::Stream& stream) {
  const std::vector<double> distances = rough_distances(stars);
  if (distances.empty()) return {};
  const Vector8 scale = scale_of(stars, distances);
  const em::NoisyPoints points = linearised(stars, distances, dust, scale);
  const Eigen::Index ordered_by = ordering(layouts.front(), space);
  std::vector<Vector> starts;
  for (int i = 0; i < count; ++i) {
    auto fit = em::best_fit(points, layouts.size(), 1, stream,
                            {.regularisation = 1e-3, .tolerance = 1e-6, .max_iterations = 300});
    auto& components = fit.mixture.components;
    if (ordered_by >= 0) {
      std::ranges::sort(components, {}, [&](const em::GaussianComponent& c) { return c.mean[ordered_by]; });
    }
    Vector theta(static_cast<Eigen::Index>(space.size()));
    for (std::size_t k = 0; k < layouts.size(); ++k) {
      theta[static_cast<Eigen::Index>(k)] = components[k].weight;
      const Matrix8 covariance = scale.asDiagonal() * components[k].covariance * scale.asDiagonal();
      set_gaussian(layouts[k], scale.cwiseProduct(Vector8(components[k].mean)), covariance, theta);
    }
    starts.push_back(space.pulled_inside(theta, 4.0));
  }
  return starts;
}

}  // namespace praesepe::infer::models::gaussian_mixture
