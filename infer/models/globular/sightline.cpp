#include "infer/models/globular/sightline.hpp"

#include <algorithm>

namespace praesepe::infer::models::globular {

namespace {

using sim::globular::PotentialTable;

/// sum_n c[n] t^n and its derivative, degree 5.
std::pair<double, double> quintic(const double* c, double t) {
  double value = c[5], slope = 0.0;
  for (int n = 4; n >= 0; --n) {
    slope = slope * t + value;
    value = value * t + c[n];
  }
  return {value, slope};
}

struct Place {
  std::size_t first;
  double t;
};

Place place(const PotentialTable& table, double xi) {
  const double scaled = xi / table.step;
  const int interval = std::min(static_cast<int>(scaled), table.intervals - 1);
  return {static_cast<std::size_t>(interval) * 6, scaled - interval};
}

/// phi at q = x^2.
StarDual potential(const PotentialTable& table, const StarDual& q) {
  const auto [first, t] = place(table, std::log1p(q.value));
  const auto [phi, slope] = quintic(&table.phi[first], t);
  StarDual result(phi, q.gradient * (slope / table.step / (1.0 + q.value)));
  result.gradient[kPhi0] += quintic(&table.d_phi0[first], t).first;
  result.gradient[kTruncation] += quintic(&table.d_g[first], t).first;
  return result;
}

/// x^2 at which phi has the given value, 0 < value < phi0: bisection over the table's nodes, then within an interval.
StarDual radius_square_at(const PotentialTable& table, const StarDual& phi) {
  int low = 0, high = table.intervals;  // phi(low) >= value > phi(high)
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (table.phi[static_cast<std::size_t>(middle) * 6] >= phi.value ? low : high) = middle;
  }
  const auto first = static_cast<std::size_t>(low) * 6;
  // Secant, then Newton: within an interval phi is so nearly straight that the third step is exact to rounding.
  double t = (phi.value - table.phi[first]) / (quintic(&table.phi[first], 1.0).first - table.phi[first]);
  for (int step = 0; step < 3; ++step) {
    const auto [value, slope] = quintic(&table.phi[first], t);
    t = std::clamp(t - (value - phi.value) / slope, 0.0, 1.0);
  }
  const double q = std::expm1((low + t) * table.step);
  // phi(q; phi0, g) = value:  dq = (d value - phi_phi0 d phi0 - phi_g d g) / phi_q
  const double phi_q = quintic(&table.phi[first], t).second / table.step / (1.0 + q);
  StarGradient gradient = phi.gradient;
  gradient[kPhi0] -= quintic(&table.d_phi0[first], t).first;
  gradient[kTruncation] -= quintic(&table.d_g[first], t).first;
  return {q, gradient / phi_q};
}

/// Half-length of the line of sight within which the star can be bound.
StarDual half_length(const Sightline& star, const ClusterState& cluster, const LineOfSight& line,
                     const StarDual& radius_square, const StarDual& tidal_square, double reach) {
  const PotentialTable& table = cluster.model->table();
  const StarDual s = StarDual::input(cluster.velocity_scale, kLogVelocityScale, cluster.velocity_scale);
  const StarDual tidal = sqrt(tidal_square - line.projected_square);
  const StarDual escape = sqrt(2.0 * potential(table, line.projected_square / radius_square));

  // Speed and noise at the foot of the centre. Along z the mean motion changes by |k mu| per pc: what that could take
  // off the speed is allowed for, first over the whole line, then over the part found so.
  const StarDual east = (star.motion[0] * line.distance - line.east) / s;
  const StarDual north = (star.motion[1] * line.distance - line.north) / s;
  const StarDual speed = sqrt(1e-20 + (east * east + north * north));
  const StarDual noise = star.motion_error * line.distance / s, noise_square = noise * noise;
  const StarDual total = 1.0 + noise_square;
  const StarDual reach_square = reach * reach * (noise_square / total);
  const StarDual shear = StarDual(star.motion.norm()) / s;

  StarDual length = tidal;
  for (int pass = 0; pass < 2; ++pass) {
    const StarDual rho = max(speed - shear * length, 0.0) / total;
    const StarDual excess = max(rho - escape, 0.0);
    const StarDual slowest = rho - sqrt(excess * excess + reach_square);
    if (slowest.value <= 0.0) break;
    const StarDual square = radius_square_at(table, 0.5 * slowest * slowest) * radius_square;
    length = min(tidal, sqrt(square - line.projected_square));
  }
  return length;
}

/// Cuts the range (low, high) of z where the parallax leaves less than exp(-kParallaxReach^2/2) of the largest
/// likelihood inside it: d standard deviations from the observed parallax to the nearer end of the range, if it lies
/// outside.
void narrow_by_parallax(const Sightline& star, const StarDual& distance, StarDual& low, StarDual& high) {
  const double scale = 1000.0 * star.inverse_parallax_error, observed = star.parallax * star.inverse_parallax_error;
  const StarDual largest = StarDual(scale) / (distance + low), smallest = StarDual(scale) / (distance + high);
  const StarDual d = max(max(StarDual(observed) - largest, smallest - StarDual(observed)), 0.0);
  const StarDual spread = sqrt(kParallaxReach * kParallaxReach + d * d);
  low = max(low, StarDual(scale) / (observed + spread) - distance);
  if (observed > spread.value) high = min(high, StarDual(scale) / (observed - spread) - distance);
}

}  // namespace

LineOfSight line_of_sight(const Sightline& star, const ClusterState& cluster, double reach) {
  LineOfSight line;
  const double distance = star.direction.dot(cluster.position);
  const Eigen::Vector3d foot = cluster.position - distance * star.direction;
  line.distance = StarDual::input(distance, kDistance);
  line.projected_square = StarDual::input(foot.squaredNorm(), kProjectedSquare);
  line.east = StarDual::input(cluster.velocity.dot(star.east), kEast);
  line.north = StarDual::input(cluster.velocity.dot(star.north), kNorth);

  const double r0_square = cluster.radius_scale * cluster.radius_scale;
  const StarDual radius_square = StarDual::input(r0_square, kLogRadiusScale, 2.0 * r0_square);
  const auto& edge = cluster.model->edge();
  StarDual edge_square = StarDual::input(edge.value * edge.value, kPhi0, 2.0 * edge.value * edge.d_phi0);
  edge_square.gradient[kTruncation] = 2.0 * edge.value * edge.d_g;
  const StarDual tidal_square = edge_square * radius_square;

  constexpr double kNearest = 0.01;  // pc from the Sun
  if (!(tidal_square.value > line.projected_square.value)) {
    line.empty = true;
    return line;
  }
  const StarDual half = half_length(star, cluster, line, radius_square, tidal_square, reach);
  StarDual low = max(-1.0 * half, kNearest - line.distance), high = half;
  if (star.inverse_parallax_error > 0.0) narrow_by_parallax(star, line.distance, low, high);
  line.empty = !(high.value > low.value);
  if (line.empty) return line;
  line.stretch = sqrt(line.projected_square + kCoreShare * radius_square);
  line.t_low = asinh(low / line.stretch);
  line.t_high = asinh(high / line.stretch);
  return line;
}

}  // namespace praesepe::infer::models::globular
