#include "infer/models/globular/collapsed_likelihood.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>
#include <numbers>
#include <variant>

#include "infer/models/globular/star_loop.hpp"
#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::globular {

using density::Vector;
using sim::astrometry::Catalogue;

namespace units = sim::astrometry;

namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

/// Value of an optional column, or what stands for it.
double cell(const Catalogue& catalogue, const char* name, std::size_t row, double otherwise) {
  if (!catalogue.has(name)) return otherwise;
  const double value = catalogue[name][row];
  return std::isfinite(value) ? value : otherwise;
}

/// A star's sightlines: one if its proper-motion noise is a circle. An ellipse is the circle of its short axis smeared
/// along the long one by a Gaussian of variance (long^2 - short^2): three Gauss-Hermite nodes, exact to fifth moments.
void append_sightlines(const Catalogue& catalogue, std::size_t row, std::vector<Sightline>& lines) {
  Sightline line;
  const double dec = catalogue["dec"][row];
  const auto triad = units::local_triad(catalogue["ra"][row], dec);
  line.direction = triad.radial;
  line.east = triad.east;
  line.north = triad.north;
  line.star = static_cast<int>(row);

  const Eigen::Vector2d pm(cell(catalogue, "pmra", row, NAN), cell(catalogue, "pmdec", row, NAN));
  const double east = cell(catalogue, "pmra_error", row, NAN), north = cell(catalogue, "pmdec_error", row, NAN);
  if (!(pm.allFinite() && east > 0.0 && north > 0.0)) {
    throw InputError(catalogue.origin + ", row " + std::to_string(row + 1) +
                     ", columns pmra, pmdec: a proper motion with errors is needed. Remove the row.");
  }
  line.motion = units::kKmsPerMasyrPc * pm;
  line.log_weight = std::log(std::cos(dec * units::kRadPerDeg));
  const double parallax = cell(catalogue, "parallax", row, NAN), error = cell(catalogue, "parallax_error", row, NAN);
  if (std::isfinite(parallax) && error > 0.0) {
    line.parallax = parallax;
    line.inverse_parallax_error = 1.0 / error;
    line.log_weight -= std::log(error) + 0.5 * std::log(2.0 * std::numbers::pi);
  }

  Eigen::Matrix2d covariance;
  const double cross = cell(catalogue, "pmra_pmdec_corr", row, 0.0) * east * north;
  covariance << east * east, cross, cross, north * north;
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d> axes(covariance);
  const double shorter = axes.eigenvalues()[0], longer = axes.eigenvalues()[1];
  line.motion_error = units::kKmsPerMasyrPc * std::sqrt(shorter);
  if (longer - shorter < 1e-12 * longer) {
    lines.push_back(line);
    return;
  }
  const Eigen::Vector2d offset =
      units::kKmsPerMasyrPc * std::sqrt(3.0 * (longer - shorter)) * axes.eigenvectors().col(1);
  for (const auto& [node, weight] :
       {std::pair{-1.0, 1.0 / 6.0}, std::pair{0.0, 2.0 / 3.0}, std::pair{1.0, 1.0 / 6.0}}) {
    Sightline smeared = line;
    smeared.motion += node * offset;
    smeared.log_weight += std::log(weight);
    lines.push_back(smeared);
  }
}

}  // namespace

/// What one evaluation needs beside the stars: kept so that it allocates nothing.
class CollapsedLikelihood::Workspace {
 public:
  Workspace(const QuadratureRule& rule, std::size_t sightlines)
      : reach_(rule.reach), loop_(make(rule)), integrals_(sightlines) {}

  sim::globular::LoweredIsothermal model;

  /// Integrals of all sightlines; false if one of them misses the cluster.
  bool integrate(std::span<const Sightline> sightlines, const ClusterState& cluster) {
    return std::visit([&](auto& loop) { return integrate(loop, sightlines, cluster); }, loop_);
  }
  const std::vector<SightlineIntegral>& integrals() const { return integrals_; }

 private:
  using Loop = std::variant<StarLoop<float>, StarLoop<double>>;
  static Loop make(const QuadratureRule& rule) {
    if (rule.single_precision) return StarLoop<float>(rule);
    return StarLoop<double>(rule);
  }

  template <class Real>
  bool integrate(StarLoop<Real>& loop, std::span<const Sightline> sightlines, const ClusterState& cluster) {
    loop.prepare(cluster);
    std::array<LineOfSight, StarLoop<Real>::kBlock> lines;
    for (std::size_t begin = 0; begin < sightlines.size(); begin += lines.size()) {
      const std::size_t count = std::min(lines.size(), sightlines.size() - begin);
      for (std::size_t i = 0; i < count; ++i) {
        lines[i] = line_of_sight(sightlines[begin + i], cluster, reach_);
        if (lines[i].empty) return false;
      }
      loop.integrate(sightlines.subspan(begin, count), std::span(lines).first(count),
                     std::span(integrals_).subspan(begin, count));
    }
    return true;
  }

  double reach_;
  Loop loop_;
  std::vector<SightlineIntegral> integrals_;
};

CollapsedLikelihood::CollapsedLikelihood(const Catalogue& catalogue, QuadratureRule rule)
    : stars_(static_cast<int>(catalogue.rows())) {
  for (std::size_t row = 0; row < catalogue.rows(); ++row) append_sightlines(catalogue, row, sightlines_);
  workspace_ = std::make_unique<Workspace>(rule, sightlines_.size());
}

CollapsedLikelihood::~CollapsedLikelihood() = default;

double CollapsedLikelihood::log_likelihood(const Vector& theta, Vector& gradient) const {
  return evaluate(theta, gradient, nullptr);
}

Vector CollapsedLikelihood::star_log_likelihoods(const Vector& theta) const {
  Vector gradient(kParameters), terms(stars_);
  evaluate(theta, gradient, &terms);
  return terms;
}

namespace {

/// ln sum_j exp(integral + weight) over the sightlines of one star, its gradient added to `by`.
double combine(std::span<const Sightline> lines, std::span<const SightlineIntegral> integrals,
               const ClusterState& cluster, ClusterGradient& by) {
  double largest = kMinusInfinity, mass = 0.0;
  for (std::size_t j = 0; j < lines.size(); ++j) {
    largest = std::max(largest, integrals[j].log_value + lines[j].log_weight);
  }
  StarGradient mean = StarGradient::Zero();
  for (std::size_t j = 0; j < lines.size(); ++j) {
    const double share = std::exp(integrals[j].log_value + lines[j].log_weight - largest);
    mass += share;
    mean += share * integrals[j].gradient;
  }
  mean /= mass;
  // z0 = n.x and R_p^2 = |x|^2 - (n.x)^2 of the centre's position x; its velocity on the star's east and north
  const Sightline& line = lines.front();
  const Eigen::Vector3d foot = cluster.position - line.direction.dot(cluster.position) * line.direction;
  by.log_r0 += mean[kLogRadiusScale];
  by.log_s += mean[kLogVelocityScale];
  by.phi0 += mean[kPhi0];
  by.g += mean[kTruncation];
  by.position += mean[kDistance] * line.direction + 2.0 * mean[kProjectedSquare] * foot;
  by.velocity += mean[kEast] * line.east + mean[kNorth] * line.north;
  return largest + std::log(mass);
}

}  // namespace

double CollapsedLikelihood::evaluate(const Vector& theta, Vector& gradient, Vector* terms) const {
  auto& model = workspace_->model;
  if (!(theta[kParallax] > 0.0) || !model.solve(theta[kCentralPotential], theta[kOrder])) return kMinusInfinity;
  const ClusterParameters parameters(theta, model);
  const ClusterState cluster{&model, std::exp(parameters.log_r0()), std::exp(parameters.log_s()), parameters.position(),
                             parameters.velocity()};
  if (!workspace_->integrate(sightlines_, cluster)) return kMinusInfinity;

  // One factor of every star:  k^2 9/(8 pi^2) R_c^4 / (s^2 r0^3 m_t E(g+3/2, Phi0)).
  // R_c^4 is constant here: the integrals hold (R/R_c)^4 and differentiate R^4.
  const double log_common = std::log(9.0 / 8.0) + 2.0 * std::log(units::kKmsPerMasyrPc / std::numbers::pi) +
                            4.0 * std::log(parameters.distance()) - 2.0 * parameters.log_s() -
                            3.0 * parameters.log_r0() - parameters.log_mass() - parameters.log_e();
  const double stars = stars_;
  ClusterGradient by{.log_r0 = -3.0 * stars, .log_s = -2.0 * stars, .log_mass = -stars, .log_e = -stars};
  double total = stars * log_common;
  const std::span lines(sightlines_);
  const std::span integrals(workspace_->integrals());
  for (std::size_t first = 0, last = 0; first < lines.size(); first = last) {
    const int star = lines[first].star;
    while (last < lines.size() && lines[last].star == star) ++last;
    const std::size_t count = last - first;
    const double term = combine(lines.subspan(first, count), integrals.subspan(first, count), cluster, by);
    total += term;
    if (terms) (*terms)[star] = term + log_common;
  }
  if (!std::isfinite(total)) return kMinusInfinity;
  parameters.chain(by, gradient);
  return total;
}

}  // namespace praesepe::infer::models::globular
