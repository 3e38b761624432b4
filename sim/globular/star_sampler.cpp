#include "sim/globular/star_sampler.hpp"

#include <cmath>
#include <numbers>

namespace praesepe::sim::globular {

namespace {

/// Component of the velocity mixture: the k at which the running sum of p passes u.
int draw_component(double g, double phi, double u) {
  const auto ratio = [&](int k) { return phi / (g + 1.5 + k); };  // p_k / p_(k-1)
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

/// A number in (0, 1) with distribution function 1 - (1 - x)^b, by inversion.
double draw_power(double b, random::Stream& stream) { return -std::expm1(std::log(stream.uniform()) / b); }

/// A vector in the unit ball with density ~ (1 - |w|^2)^(b-1). Integrating out one component adds 1/2 to the exponent:
/// w_z has the density (1 - w_z^2)^b, as has a component of a vector in the unit disc of density (1 - |.|^2)^(b-1/2);
/// and given w_z, the other two fill the disc |.|^2 < 1 - w_z^2 with density (1 - w_z^2 - |.|^2)^(b-1).
std::array<double, 3> in_unit_ball(double b, random::Stream& stream) {
  const double disc_radius = std::sqrt(draw_power(b + 0.5, stream));
  const double z = disc_radius * std::cos(stream.uniform(0.0, 2.0 * std::numbers::pi));
  const double across = std::sqrt((1.0 - z) * (1.0 + z) * draw_power(b, stream));
  const double azimuth = stream.uniform(0.0, 2.0 * std::numbers::pi);
  return {across * std::cos(azimuth), across * std::sin(azimuth), z};
}

}  // namespace

ClusterStar sample_star(const GlobularModel& model, random::Stream& stream) {
  const double r = model.radius_of_mass_fraction(stream.uniform());
  const double psi = model.potential(r);
  const double escape_speed = std::sqrt(2.0 * psi);
  const double g = model.parameters().g;
  const int k = draw_component(g, psi / model.s2(), stream.uniform());
  ClusterStar star{.position = isotropic(r, stream), .velocity = in_unit_ball(g + k + 1.0, stream)};
  for (double& component : star.velocity) component *= escape_speed;
  return star;
}

std::vector<ClusterStar> sample_stars(const GlobularModel& model, std::size_t count, random::Stream& stream) {
  std::vector<ClusterStar> stars;
  stars.reserve(count);
  for (std::size_t i = 0; i < count; ++i) stars.push_back(sample_star(model, stream));
  return stars;
}

}  // namespace praesepe::sim::globular
