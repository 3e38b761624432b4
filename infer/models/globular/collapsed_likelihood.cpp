#include "infer/models/globular/collapsed_likelihood.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>
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

/// What one star says: ln sum_j exp(integral + weight) over its sightlines, and the gradient.
struct StarTerm {
  double value = kMinusInfinity;
  StarGradient gradient = StarGradient::Zero();
};

/// What one evaluation needs beside the stars: kept so that it allocates nothing.
class CollapsedStars::Workspace {
 public:
  Workspace(const QuadratureRule& rule, std::size_t stars) : terms(stars), reach_(rule.reach), loop_(make(rule)) {}

  sim::globular::LoweredIsothermal model;
  bool solved = false;          ///< there is a model at the theta of the last evaluation
  std::vector<StarTerm> terms;  ///< of the last evaluation

  void integrate(std::span<const Sightline> sightlines, const ClusterState& cluster) {
    std::visit([&](auto& loop) { integrate(loop, sightlines, cluster); }, loop_);
  }

 private:
  using Loop = std::variant<StarLoop<float>, StarLoop<double>>;
  static Loop make(const QuadratureRule& rule) {
    if (rule.single_precision) return StarLoop<float>(rule);
    return StarLoop<double>(rule);
  }

  /// Blocks of sightlines that meet the cluster.
  template <class Real>
  void integrate(StarLoop<Real>& loop, std::span<const Sightline> sightlines, const ClusterState& cluster) {
    std::ranges::fill(terms, StarTerm{});
    loop.prepare(cluster);
    std::size_t count = 0;
    for (const Sightline& sightline : sightlines) {
      lines_[count] = line_of_sight(sightline, cluster, reach_);
      if (lines_[count].empty) continue;
      block_[count++] = sightline;
      if (count == kBlock) finish(loop, std::exchange(count, 0U));
    }
    finish(loop, count);
  }

  template <class Real>
  void finish(StarLoop<Real>& loop, std::size_t count) {
    if (count == 0) return;
    loop.integrate(std::span(block_).first(count), std::span(lines_).first(count), std::span(integrals_).first(count));
    for (std::size_t i = 0; i < count; ++i) add(integrals_[i], block_[i]);
  }

  /// Sightlines of a star come one after the other.
  void add(const SightlineIntegral& integral, const Sightline& line) {
    StarTerm& term = terms[static_cast<std::size_t>(line.star)];
    const double value = integral.log_value + line.log_weight;
    if (!(value > kMinusInfinity)) return;
    const double larger = std::max(term.value, value);
    const double before = std::exp(term.value - larger), now = std::exp(value - larger);
    term.gradient = (before * term.gradient + now * integral.gradient) / (before + now);
    term.value = larger + std::log(before + now);
  }

  static constexpr std::size_t kBlock = StarLoop<float>::kBlock;
  double reach_;
  Loop loop_;
  std::array<Sightline, kBlock> block_;
  std::array<LineOfSight, kBlock> lines_;
  std::array<SightlineIntegral, kBlock> integrals_;
};

CollapsedStars::CollapsedStars(const Catalogue& catalogue, QuadratureRule rule)
    : stars_(static_cast<int>(catalogue.rows())) {
  for (std::size_t row = 0; row < catalogue.rows(); ++row) append_sightlines(catalogue, row, sightlines_);
  workspace_ = std::make_unique<Workspace>(rule, catalogue.rows());
}

CollapsedStars::~CollapsedStars() = default;

void CollapsedStars::log_marginal(const Vector& theta, density::Array& values) const {
  values.setConstant(stars_, std::numeric_limits<double>::quiet_NaN());
  auto& model = workspace_->model;
  workspace_->solved = theta[kParallax] > 0.0 && model.solve(theta[kCentralPotential], theta[kOrder]);
  if (!workspace_->solved) return;
  const ClusterParameters parameters(theta, model);
  const auto centre = parameters.centre();
  workspace_->integrate(sightlines_, {&model, std::exp(parameters.log_r0()), std::exp(parameters.log_s()),
                                      centre.position_pc, centre.velocity_kms});
  // One factor of every star:  k^2 9/(8 pi^2) R_c^4 / (s^2 r0^3 m_t E(g+3/2, Phi0)).
  // R_c^4 is constant here: the integrals hold (R/R_c)^4 and differentiate R^4.
  const double log_common = std::log(9.0 / 8.0) + 2.0 * std::log(units::kKmsPerMasyrPc / std::numbers::pi) +
                            4.0 * std::log(parameters.distance()) - 2.0 * parameters.log_s() -
                            3.0 * parameters.log_r0() - parameters.log_mass() - parameters.log_e();
  for (int n = 0; n < stars_; ++n) {
    const double value = workspace_->terms[static_cast<std::size_t>(n)].value;
    values[n] = std::isfinite(value) ? value + log_common : kMinusInfinity;
  }
}

void CollapsedStars::pull_back(const Vector& theta, const density::Array& weight, Vector& gradient) const {
  if (!workspace_->solved) return;
  const ClusterParameters parameters(theta, workspace_->model);
  const Eigen::Vector3d centre = parameters.centre().position_pc;
  const double total = weight.sum();
  ClusterGradient by{.log_r0 = -3.0 * total, .log_s = -2.0 * total, .log_mass = -total, .log_e = -total};
  for (const Sightline& line : sightlines_) {
    const auto star = static_cast<Eigen::Index>(line.star);
    const bool first = &line == sightlines_.data() || (&line - 1)->star != line.star;
    if (!first || weight[star] == 0.0) continue;
    const StarGradient mean = weight[star] * workspace_->terms[static_cast<std::size_t>(star)].gradient;
    // z0 = n.x and R_p^2 = |x|^2 - (n.x)^2 of the centre's position x; its velocity on the star's east and north
    const Eigen::Vector3d foot = centre - line.direction.dot(centre) * line.direction;
    by.log_r0 += mean[kLogRadiusScale];
    by.log_s += mean[kLogVelocityScale];
    by.phi0 += mean[kPhi0];
    by.g += mean[kTruncation];
    by.position += mean[kDistance] * line.direction + 2.0 * mean[kProjectedSquare] * foot;
    by.velocity += mean[kEast] * line.east + mean[kNorth] * line.north;
  }
  parameters.chain(by, gradient);
}

}  // namespace praesepe::infer::models::globular
