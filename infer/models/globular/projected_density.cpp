#include "infer/models/globular/projected_density.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;

namespace {

constexpr int kNodes = 64;
constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

Sightline sightline(const sim::astrometry::Catalogue& catalogue, std::size_t row) {
  const double dec = catalogue["dec"][row];
  const auto triad = units::local_triad(catalogue["ra"][row], dec);
  Sightline line;
  line.direction = triad.radial;
  line.east = triad.east;
  line.north = triad.north;
  // Of its motion nothing is known: any is as good, with an error beyond all speeds.
  line.motion.setZero();
  line.motion_error = 1e6;
  line.log_weight = std::log(std::cos(dec * units::kRadPerDeg));
  if (!catalogue.has("parallax") || !catalogue.has("parallax_error")) return line;
  const double parallax = catalogue["parallax"][row], error = catalogue["parallax_error"][row];
  if (!(std::isfinite(parallax) && error > 0.0)) return line;
  line.parallax = parallax;
  line.inverse_parallax_error = 1.0 / error;
  line.log_weight -= std::log(error) + 0.5 * std::log(2.0 * std::numbers::pi);
  return line;
}

/// -chi^2 / 2 of the parallax at distance R, and its slope.
struct ParallaxFactor {
  double log, d_distance;
};

ParallaxFactor parallax_factor(const Sightline& star, double distance) {
  const double parallax = units::distance_pc(distance);
  const double chi = (star.parallax - parallax) * star.inverse_parallax_error;
  return {-0.5 * chi * chi, -chi * star.inverse_parallax_error * parallax / distance};
}

/// The largest logarithm of that factor between two distances.
double largest_log(const Sightline& star, double low, double high) {
  const double best = star.parallax > 0.0 ? std::clamp(units::distance_pc(star.parallax), low, high) : high;
  return parallax_factor(star, best).log;
}

}  // namespace

ProjectedStars::ProjectedStars(const sim::astrometry::Catalogue& catalogue, std::span<const std::size_t> rows)
    : rule_(kNodes) {
  for (const std::size_t row : rows) stars_.push_back(sightline(catalogue, row));
  terms_.resize(stars_.size());
}

void ProjectedStars::log_marginal(const ClusterParameters& cluster, const sim::globular::LoweredIsothermal& model,
                                  density::Array& values) {
  density_.prepare(model);
  const auto centre = cluster.centre();
  const ClusterState state{&model, std::exp(cluster.log_r0()), std::exp(cluster.log_s()), centre.position_pc,
                           centre.velocity_kms};
  const double log_factor = SpaceDensity::log_factor(cluster), tidal_radius = model.edge().value * state.radius_scale;
  const auto in_table = [&](const Sightline& star) {
    return star.inverse_parallax_error == 0.0 && tidal_radius < star.direction.dot(state.position);
  };
  if (std::ranges::any_of(stars_, in_table)) moments_.prepare(model);
  values.resize(static_cast<Eigen::Index>(stars_.size()));
  for (std::size_t n = 0; n < stars_.size(); ++n) {
    terms_[n] = in_table(stars_[n]) ? look_up(stars_[n], state) : integrate(stars_[n], state);
    values[static_cast<Eigen::Index>(n)] = terms_[n].value + stars_[n].log_weight + log_factor;
  }
}

/// ln int dz R^2 E(q) N, and its gradient. With t_j = t_low + (t_high - t_low) nu_j the sum depends on the ends, on a,
/// and on R_p^2, r0, z0, phi0, g themselves.
ProjectedStars::Term ProjectedStars::integrate(const Sightline& star, const ClusterState& state) const {
  const LineOfSight line = line_of_sight(star, state, 1.0);
  if (line.empty) return {kMinusInfinity, StarGradient::Zero()};
  const double r0_square = state.radius_scale * state.radius_scale, a = line.stretch.value;
  const double low = line.t_low.value, span = line.t_high.value - low, z0 = line.distance.value;
  const bool has_parallax = star.inverse_parallax_error > 0.0;
  const double log_scale =
      has_parallax ? largest_log(star, z0 + a * std::sinh(low), z0 + a * std::sinh(low + span)) : 0.0;

  double sum = 0.0, by_a = 0.0, by_low = 0.0, by_high = 0.0;
  StarGradient by = StarGradient::Zero();
  for (std::size_t j = 0; j < rule_.node.size(); ++j) {
    const double nu = rule_.node[j], t = low + span * nu;
    const double sinh = std::sinh(t), cosh = std::cosh(t), z = a * sinh, distance = z0 + z;
    const double q = (line.projected_square.value + z * z) / r0_square;
    const auto density = density_(q);
    double weight = rule_.weight[j] * span * a * cosh * distance * distance, d_distance = 2.0 / distance;
    if (has_parallax) {
      const auto factor = parallax_factor(star, distance);
      weight *= std::exp(factor.log - log_scale);
      d_distance += factor.d_distance;
    }
    const double f = weight * density.e, f_q = weight * density.d_q;
    const double f_z = 2.0 * z / r0_square * f_q + d_distance * f;
    const double f_t = a * cosh * f_z + std::tanh(t) * f;
    sum += f;
    by_a += sinh * f_z + f / a;
    by_low += (1.0 - nu) * f_t;
    by_high += nu * f_t;
    by[kDistance] += d_distance * f;
    by[kProjectedSquare] += f_q / r0_square;
    by[kLogRadiusScale] -= 2.0 * q * f_q;
    by[kPhi0] += weight * density.d_phi0;
    by[kTruncation] += weight * density.d_g;
  }
  if (!(sum > 0.0)) return {kMinusInfinity, StarGradient::Zero()};
  by += by_a * line.stretch.gradient + (by_low - sum / span) * line.t_low.gradient +
        (by_high + sum / span) * line.t_high.gradient;
  return {std::log(sum) + log_scale, by / sum};
}

/// ln (z0^2 r0 I_0(u) + r0^3 I_2(u)), u = R_p^2 / r0^2.
ProjectedStars::Term ProjectedStars::look_up(const Sightline& star, const ClusterState& state) const {
  const double r0 = state.radius_scale, z0 = star.direction.dot(state.position), edge = state.model->edge().value;
  const double u = (state.position - z0 * star.direction).squaredNorm() / (r0 * r0);
  if (!(u < edge * edge)) return {kMinusInfinity, StarGradient::Zero()};
  const auto [zeroth, second] = moments_(u);
  // both divided by r0 I_0
  const double near = z0 * z0, far = r0 * r0 * std::exp(second.log - zeroth.log), sum = near + far;
  const auto mean = [&](double of_zeroth, double of_second) { return (near * of_zeroth + far * of_second) / sum; };
  const double d_u = mean(zeroth.d_u, second.d_u);
  StarGradient by = StarGradient::Zero();
  by[kDistance] = mean(2.0 / z0, 0.0);
  by[kProjectedSquare] = d_u / (r0 * r0);
  by[kLogRadiusScale] = mean(1.0, 3.0) - 2.0 * u * d_u;
  by[kPhi0] = mean(zeroth.d_phi0, second.d_phi0);
  by[kTruncation] = mean(zeroth.d_g, second.d_g);
  return {std::log(r0 * sum) + zeroth.log, by};
}

void ProjectedStars::pull_back(const ClusterParameters& cluster, const density::Array& weight,
                               ClusterGradient& by) const {
  const Eigen::Vector3d centre = cluster.centre().position_pc;
  SpaceDensity::add_factor_gradient(weight.sum(), by);
  for (std::size_t n = 0; n < stars_.size(); ++n) {
    const double share = weight[static_cast<Eigen::Index>(n)];
    if (share == 0.0) continue;
    const StarGradient mean = share * terms_[n].gradient;
    const Eigen::Vector3d& direction = stars_[n].direction;
    // z0 = n.x and R_p^2 = |x|^2 - (n.x)^2 of the centre's position x
    const Eigen::Vector3d foot = centre - direction.dot(centre) * direction;
    by.log_r0 += mean[kLogRadiusScale];
    by.phi0 += mean[kPhi0];
    by.g += mean[kTruncation];
    by.position += mean[kDistance] * direction + 2.0 * mean[kProjectedSquare] * foot;
  }
}

}  // namespace praesepe::infer::models::globular
