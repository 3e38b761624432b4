#include "sim/globular/star_sampler.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <numbers>

namespace praesepe::sim::globular {

namespace {

/// Component of the speed mixture: the k at which the running sum of w passes u.
int draw_component(double g, double phi, double u) {
  const auto ratio = [&](int k) { return phi / (g + 1.5 + k); };  // w_k / w_(k-1)
  double total = 1.0;
  double weight = 1.0;
  for (int k = 1; weight > 1e-17 * total || k < phi; ++k) {
    weight *= ratio(k);
    total += weight;
  }
  double rest = u * total;
  int k = 0;
  for (weight = 1.0; rest > weight && weight > 0.0; weight *= ratio(k)) {
    rest -= weight;
    ++k;
  }
  return k;
}

std::array<double, 3> isotropic(double length, random::Stream& stream) {
  const double cosine = stream.uniform(-1.0, 1.0);
  const double azimuth = stream.uniform(0.0, 2.0 * std::numbers::pi);
  const double sine = std::sqrt((1.0 - cosine) * (1.0 + cosine));
  return {length * sine * std::cos(azimuth), length * sine * std::sin(azimuth), length * cosine};
}

}  // namespace

ClusterStar sample_star(const GlobularModel& model, random::Stream& stream) {
  const double r = model.radius_of_mass_fraction(stream.uniform());
  const double psi = model.potential(r);
  const double g = model.parameters().g;
  const int k = draw_component(g, psi / model.s2(), stream.uniform());
  const double tau = boost::math::ibeta_inv(1.5, g + k + 1.0, stream.uniform());
  const auto position = isotropic(r, stream);
  return {position, isotropic(std::sqrt(2.0 * psi * tau), stream)};
}

std::vector<ClusterStar> sample_stars(const GlobularModel& model, std::size_t count, random::Stream& stream) {
  std::vector<ClusterStar> stars;
  stars.reserve(count);
  for (std::size_t i = 0; i < count; ++i) stars.push_back(sample_star(model, stream));
  return stars;
}

}  // namespace praesepe::sim::globular
