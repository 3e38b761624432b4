#include "infer/models/globular/collapsed_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <variant>

#include "infer/models/globular/star_kernel.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::globular {

using density::Vector;
using sim::astrometry::Catalogue;

namespace units = sim::astrometry;

namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();
constexpr double kLogTwoPi = 1.8378770664093453;

/// What one star says: ln sum_j exp(integral + weight) over its lines of sight, and the gradient.
struct StarTerm {
  double value = kMinusInfinity;
  StarGradient gradient = StarGradient::Zero();
};

/// What all stars need at one precision: kept so that an evaluation allocates nothing.
template <class Real>
class Integrator {
 public:
  Integrator(const QuadratureRule& rule, const Sightlines& lines)
      : tables_(rule),
        space_(tables_.lines.back().share.size() * (lines.any_radial_velocity() ? tables_.speed_share.size() : 1)),
        kernel_(star_kernel<Real>(instruction_set(), Slopes::all)),
        kernel_of_values_(star_kernel<Real>(instruction_set(), Slopes::none)) {}

  void integrate(const Sightlines& lines, const ClusterState& cluster, Slopes slopes, std::vector<StarTerm>& terms) {
    tables_.prepare(cluster);
    const auto kernel = slopes == Slopes::all ? kernel_ : kernel_of_values_;
    for (std::size_t b = 0; b < lines.blocks.size(); ++b) {
      kernel(tables_, lines.blocks[b], lines.with_radial_velocity[b], space_, integrals_);
      // a measured radial velocity is a density per km/s, of one order less: E(g) / s instead of sqrt(2 pi) E(g + 1/2)
      const double measured = lines.with_radial_velocity[b] ? 1.0 : 0.0;
      const double factor = -measured * (std::log(cluster.velocity_scale) + 0.5 * kLogTwoPi);
      for (std::size_t i = 0; i < lines.blocks[b].size; ++i) add(lines.blocks[b], i, factor, measured, slopes, terms);
    }
  }

 private:
  /// Lines of a star come one after the other.
  void add(const SightlineBlock& block, std::size_t lane, double factor, double measured, Slopes slopes,
           std::vector<StarTerm>& terms) const {
    StarTerm& term = terms[static_cast<std::size_t>(block.star[lane])];
    const double value = integrals_.log_value[lane] + block.log_weight[lane] + factor;
    if (!(value > kMinusInfinity)) return;
    const double larger = std::max(term.value, value);
    const double before = std::exp(term.value - larger), now = std::exp(value - larger);
    term.value = larger + std::log(before + now);
    if (slopes == Slopes::none) return;
    StarGradient gradient;
    for (std::size_t k = 0; k < kStarInputs; ++k) gradient[static_cast<Eigen::Index>(k)] = integrals_.gradient[k][lane];
    gradient[kLogVelocityScale] -= measured;
    term.gradient = (before * term.gradient + now * gradient) / (before + now);
  }

  KernelTables<Real> tables_;
  KernelSpace<Real> space_;
  StarKernel<Real> kernel_, kernel_of_values_;
  BlockIntegrals integrals_;
};

}  // namespace

class CollapsedStars::Workspace {
 public:
  Workspace(const QuadratureRule& rule, const Sightlines& lines, std::size_t stars)
      : terms(stars), lines_(lines), integrator_(make(rule, lines)) {}

  sim::globular::LoweredIsothermal model;
  bool solved = false;          ///< there is a model at the theta of the last evaluation
  std::vector<StarTerm> terms;  ///< of the last evaluation

  void integrate(const Sightlines& measured, const Systematics& systematics, const ClusterState& cluster,
                 Slopes slopes) {
    correct(measured, systematics, lines_);
    std::ranges::fill(terms, StarTerm{});
    std::visit([&](auto& integrator) { integrator.integrate(lines_, cluster, slopes, terms); }, integrator_);
  }

 private:
  using AnyIntegrator = std::variant<Integrator<float>, Integrator<double>>;
  static AnyIntegrator make(const QuadratureRule& rule, const Sightlines& lines) {
    if (rule.single_precision) return Integrator<float>(rule, lines);
    return Integrator<double>(rule, lines);
  }

  Sightlines lines_;  // without systematic errors
  AnyIntegrator integrator_;
};

CollapsedStars::CollapsedStars(const Catalogue& catalogue, QuadratureRule rule, SystematicIndices systematics)
    : stars_(observed_stars(catalogue)),
      systematics_(systematics),
      lines_(sightlines_of(stars_)),
      workspace_(std::make_unique<Workspace>(rule, lines_, stars_.size())) {}

CollapsedStars::~CollapsedStars() = default;

void CollapsedStars::log_marginal(const Vector& theta, density::Array& values) const {
  evaluate(theta, values, Slopes::all);
}

void CollapsedStars::log_marginal_alone(const Vector& theta, density::Array& values) const {
  evaluate(theta, values, Slopes::none);
}

void CollapsedStars::evaluate(const Vector& theta, density::Array& values, Slopes slopes) const {
  values.setConstant(static_cast<Eigen::Index>(stars_.size()), std::numeric_limits<double>::quiet_NaN());
  auto& model = workspace_->model;
  workspace_->solved = theta[kParallax] > 0.0 && model.solve(theta[kCentralPotential], theta[kOrder]);
  if (!workspace_->solved) return;
  const ClusterParameters parameters(theta, model);
  const auto centre = parameters.centre();
  workspace_->integrate(
      lines_, systematics_.at(theta),
      {&model, std::exp(parameters.log_r0()), std::exp(parameters.log_s()), centre.position_pc, centre.velocity_kms},
      slopes);
  // One factor of every star:  k^2 9/(8 pi^2) R_c^4 / (s^2 r0^3 m_t E(g+3/2, Phi0)).
  // R_c^4 is constant here: the integrals hold (R/R_c)^4 and differentiate R^4.
  const double log_common = std::log(9.0 / 8.0) + 2.0 * std::log(units::kKmsPerMasyrPc / std::numbers::pi) +
                            4.0 * std::log(parameters.distance()) - 2.0 * parameters.log_s() -
                            3.0 * parameters.log_r0() - parameters.log_mass() - parameters.log_e();
  for (Eigen::Index n = 0; n < values.size(); ++n) {
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
  Systematics by_systematics;
  for (Eigen::Index n = 0; n < weight.size(); ++n) {
    if (weight[n] == 0.0) continue;
    const ObservedStar& star = stars_[static_cast<std::size_t>(n)];
    const auto& triad = star.triad;
    const StarGradient mean = weight[n] * workspace_->terms[static_cast<std::size_t>(n)].gradient;
    // z0 = n.x and R_p^2 = |x|^2 - (n.x)^2 of the centre's position x; its velocity on the star's triad
    const Eigen::Vector3d foot = centre - triad.radial.dot(centre) * triad.radial;
    by.log_r0 += mean[kLogRadiusScale];
    by.log_s += mean[kLogVelocityScale];
    by.phi0 += mean[kPhi0];
    by.g += mean[kTruncation];
    by.position += mean[kDistance] * triad.radial + 2.0 * mean[kProjectedSquare] * foot;
    by.velocity += mean[kEast] * triad.east + mean[kNorth] * triad.north + mean[kOutwards] * triad.radial;
    // what is measured less the systematic errors: parallax - Z, and k (mu - S) - b k (parallax - Z)
    by_systematics.parallax -=
        mean[kMeasuredParallax] - 1e-3 * (mean[kMeasuredEast] * star.offset[0] + mean[kMeasuredNorth] * star.offset[1]);
    by_systematics.pmra -= units::kKmsPerMasyrPc * mean[kMeasuredEast];
    by_systematics.pmdec -= units::kKmsPerMasyrPc * mean[kMeasuredNorth];
  }
  parameters.chain(by, gradient);
  systematics_.add(by_systematics, gradient);
}

}  // namespace praesepe::infer::models::globular
