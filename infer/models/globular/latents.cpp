#include "infer/models/globular/latents.hpp"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "infer/models/globular/cluster_parameters.hpp"
#include "infer/models/globular/velocity_bound.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;
using sim::globular::EGammaExpansion;
using sim::random::Stream;

const std::vector<StarQuantity>& latent_columns() {
  static const std::vector<StarQuantity> columns{{"ra", "deg"},      {"dec", "deg"},      {"parallax", "mas"},
                                                 {"pmra", "mas/yr"}, {"pmdec", "mas/yr"}, {"radial_velocity", "km/s"},
                                                 {"distance", "kpc"}};
  return columns;
}

namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();
constexpr int kMostProposals = 10'000'000;

/// The cluster at one theta.
class Cluster {
 public:
  explicit Cluster(const Vector& theta) {
    if (!(theta[kParallax] > 0.0 && model.solve(theta[kCentralPotential], theta[kOrder]))) {
      throw TaskFailure("latents: there is no model with these phi0 and g");
    }
    const ClusterParameters parameters(theta, model);
    r0 = std::exp(parameters.log_r0());
    s = std::exp(parameters.log_s());
    edge = r0 * model.edge().value;
    centre = parameters.centre();
    on_sky.prepare(model.g() + 0.5, model.phi0());
    in_space.prepare(model.g(), model.phi0());
  }

  sim::globular::LoweredIsothermal model;
  double r0, s, edge;  // pc, km/s, pc
  units::Cartesian6 centre;
  EGammaExpansion on_sky, in_space;  // of order g + 1/2 and g
};

/// A star's line of sight through the cluster.
class Line {
 public:
  Line(const ObservedStar& star, const Cluster& cluster)
      : star_(star), cluster_(cluster), foot_(star.triad.radial.dot(cluster.centre.position_pc)) {
    projected_square_ = (cluster.centre.position_pc - foot_ * star.triad.radial).squaredNorm();
    half_ = std::sqrt(std::max(cluster.edge * cluster.edge - projected_square_, 0.0));
    stretch_ = std::sqrt(projected_square_ + 0.5 * cluster.r0 * cluster.r0);
    bulk_ = {cluster.centre.velocity_kms.dot(star.triad.east), cluster.centre.velocity_kms.dot(star.triad.north)};
    outwards_ = cluster.centre.velocity_kms.dot(star.triad.radial);
  }

  /// Ends of t; the same where the line misses the cluster.
  std::array<double, 2> range() const {
    constexpr double kNearest = 0.01;  // pc from the Sun
    const double far = std::asinh(half_ / stretch_), near = std::asinh(std::max(-half_, kNearest - foot_) / stretch_);
    return {std::min(near, far), far};
  }
  double distance(double t) const { return foot_ + stretch_ * std::sinh(t); }

  double potential(double t) const {
    const double z = stretch_ * std::sinh(t);
    return cluster_.model.potential(std::sqrt(projected_square_ + z * z) / cluster_.r0).value;
  }

  /// The bound of the velocity at t, if a star can be there: on the sky, and in space if the radial velocity is known.
  std::optional<VelocityBound> velocity(double t) const {
    const double phi = potential(t), scale = distance(t) / cluster_.s;
    if (!(phi > kSmallestPotential)) return std::nullopt;
    Velocity m(is_in_space() ? 3 : 2), noise(m.size());
    m.head<2>() = star_.axes.transpose() * (scale * star_.motion + (star_.offset - bulk_) / cluster_.s);
    noise.head<2>() = scale * scale * star_.variance;
    if (!is_in_space()) return VelocityBound(phi, m, noise, cluster_.model.g() + 0.5, cluster_.on_sky);
    const double error = star_.radial_velocity_error / cluster_.s;
    m[2] = (star_.radial_velocity - outwards_) / cluster_.s;
    noise[2] = error * error;
    return VelocityBound(phi, m, noise, cluster_.model.g(), cluster_.in_space);
  }
  bool is_in_space() const { return star_.radial_velocity_error > 0.0; }

  /// ln of what the bound makes of the density of t.
  double log_density(double t, const std::optional<VelocityBound>& velocity) const {
    if (!velocity) return kMinusInfinity;
    const double r = distance(t), chi = (star_.parallax - 1000.0 / r) * star_.inverse_parallax_error;
    return velocity->log_integral() + 4.0 * std::log(r) - 0.5 * chi * chi + std::log(std::cosh(t));
  }

  /// True radial velocity, km/s, of a star with velocity w along the line.
  double radial_velocity(double w) const { return outwards_ + cluster_.s * w; }

  /// True proper motion, mas/yr, of a star at t with velocity u.
  Eigen::Vector2d motion(double t, const Velocity& u) const {
    return (cluster_.s * (star_.axes * u.head<2>().matrix()) + bulk_) / (units::kKmsPerMasyrPc * distance(t));
  }

 private:
  static constexpr double kSmallestPotential = 1e-12;  // s^2; nearer to the edge there are no stars to speak of
  const ObservedStar& star_;
  const Cluster& cluster_;
  double foot_, projected_square_, half_, stretch_;
  Eigen::Vector2d bulk_;  // the centre's velocity, east and north, and
  double outwards_;       // along the line, km/s
};

/// A histogram above the density of t.
class Histogram {
 public:
  explicit Histogram(const Line& line) : line_(line) {
    auto [low, high] = line.range();
    if (!(high > low)) return;
    do {
      low_ = low;
      width_ = (high - low) / kCells;
    } while (!resolve(low, high));
    double sum = 0.0;
    for (std::size_t k = 0; k < kCells; ++k) {
      log_height_[k] = std::max(node_[k], node_[k + 1]) + std::log(kMargin);
      cumulative_[k] = sum += std::exp(log_height_[k] - largest_);
    }
  }

  bool is_empty() const { return !(largest_ > kMinusInfinity); }

  /// A place and the height of the histogram there.
  std::array<double, 2> draw(Stream& stream) const {
    const double u = stream.uniform() * cumulative_.back();
    const auto k = static_cast<std::size_t>(std::ranges::lower_bound(cumulative_, u) - cumulative_.begin());
    return {low_ + width_ * (static_cast<double>(k) + stream.uniform()), log_height_[k]};
  }

 private:
  /// True if much of the range matters; otherwise the part that does is written to low and high.
  bool resolve(double& low, double& high) {
    constexpr double kNegligible = 30.0;  // nats
    for (std::size_t k = 0; k <= kCells; ++k) {
      const double t = low_ + width_ * static_cast<double>(k);
      node_[k] = line_.log_density(t, line_.velocity(t));
    }
    largest_ = std::ranges::max(node_);
    if (is_empty()) return true;
    std::size_t first = kCells, last = 0;
    for (std::size_t k = 0; k <= kCells; ++k) {
      if (node_[k] < largest_ - kNegligible) continue;
      first = std::min(first, k);
      last = k;
    }
    first -= first > 0;
    last += last < kCells;
    low = low_ + width_ * static_cast<double>(first);
    high = low_ + width_ * static_cast<double>(last);
    return 2 * (last - first) > kCells;
  }

  static constexpr std::size_t kCells = 64;
  static constexpr double kMargin = 1.1;
  const Line& line_;
  double low_ = 0.0, width_ = 0.0, largest_ = kMinusInfinity;
  std::array<double, kCells + 1> node_{};
  std::array<double, kCells> log_height_{}, cumulative_{};
};

/// w from E(g, y - w^2/2): E(g, x) = e^x P(g, x), and P grows with x.
double draw_radial(const Cluster& cluster, double y, Stream& stream) {
  const double log_largest = std::log(cluster.in_space(y).value) - y, inside = std::erf(std::sqrt(y));
  for (int i = 0; i < kMostProposals; ++i) {
    const double w = std::numbers::sqrt2 * boost::math::erf_inv((2.0 * stream.uniform() - 1.0) * inside);
    const double x = y - 0.5 * w * w;
    if (x > 0.0 && std::log(stream.uniform()) < std::log(cluster.in_space(x).value) - x - log_largest) return w;
  }
  throw TaskFailure("latents: no radial velocity found");
}

/// Columns as in latent_columns().
Eigen::Array<double, 7, 1> draw_star(const ObservedStar& star, const Cluster& cluster, Stream& stream) {
  const Line line(star, cluster);
  Eigen::Array<double, 7, 1> drawn = Eigen::Array<double, 7, 1>::Constant(std::numeric_limits<double>::quiet_NaN());
  const Histogram histogram(line);
  if (histogram.is_empty()) return drawn;
  Velocity u;
  for (int i = 0; i < kMostProposals; ++i) {
    const auto [t, log_height] = histogram.draw(stream);
    const auto velocity = line.velocity(t);
    if (!(std::log(stream.uniform()) < line.log_density(t, velocity) - log_height)) continue;
    if (!velocity->draw(stream, u)) continue;
    const double w = u.size() == 3 ? u[2] : draw_radial(cluster, line.potential(t) - 0.5 * u.square().sum(), stream);
    const Eigen::Vector2d motion = line.motion(t, u);
    const double distance = line.distance(t);
    drawn << star.ra, star.dec, 1000.0 / distance, motion[0], motion[1], line.radial_velocity(w), 1e-3 * distance;
    return drawn;
  }
  throw TaskFailure("latents: no distance and proper motion found");
}

}  // namespace

density::Matrix DrawnLatents::draw(const Vector& theta, Stream& stream) const {
  const Cluster cluster(theta);
  const Systematics systematics = systematics_.at(theta);
  density::Matrix drawn(static_cast<Eigen::Index>(stars_.size()), 7);
  for (std::size_t n = 0; n < stars_.size(); ++n) {
    drawn.row(static_cast<Eigen::Index>(n)) = draw_star(corrected(stars_[n], systematics), cluster, stream).transpose();
  }
  return drawn;
}

}  // namespace praesepe::infer::models::globular
