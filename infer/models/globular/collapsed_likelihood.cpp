#include "infer/models/globular/collapsed_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <variant>

#include "infer/models/globular/star_kernel.hpp"
#include "infer/threads.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::globular {

using density::Vector;
using sim::astrometry::Catalogue;

namespace units = sim::astrometry;

namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();
constexpr double kLogTwoPi = 1.8378770664093453;

/// What is done at a time by one thread: blocks of the kernel, and stars of the sum of gradients, whose order it sets.
constexpr std::size_t kBlocksAtOnce = 64;
constexpr Eigen::Index kStarsAtOnce = 4096;

/// What the stars say: ln of the sum over each one's lines of sight, and its gradient.
struct StarTerms {
  explicit StarTerms(Eigen::Index stars) : value(stars), gradient(kStarInputs, stars) {}

  density::Array value;
  Eigen::Array<double, kStarInputs, Eigen::Dynamic> gradient;  ///< meaningless where the value is -infinity
};

/// What all stars need at one precision: kept so that an evaluation by one thread allocates nothing.
template <class Real>
class Integrator {
 public:
  Integrator(const QuadratureRule& rule, const Sightlines& lines)
      : lines_(lines),
        chunks_(chunks_of(lines.blocks, kBlocksAtOnce)),
        tables_(rule),
        kernel_(star_kernel<Real>(instruction_set(), Slopes::all)),
        kernel_of_values_(star_kernel<Real>(instruction_set(), Slopes::none)) {
    const std::size_t layers = lines.any_radial_velocity() ? tables_.speed_share.size() : 1;
    scratch_.emplace_back(tables_.lines.back().share.size() * layers);
  }

  void use_threads(int threads) { scratch_.resize(static_cast<std::size_t>(std::max(threads, 1)), scratch_.front()); }

  void integrate(const Systematics& systematics, const ClusterState& cluster, Slopes slopes, StarTerms& terms) {
    tables_.prepare(cluster);
    for_each_piece(chunks_.size() - 1, static_cast<int>(scratch_.size()), [&](std::size_t chunk, int worker) {
      Scratch& scratch = scratch_[static_cast<std::size_t>(worker)];
      for (std::size_t b = chunks_[chunk]; b < chunks_[chunk + 1]; ++b) {
        integrate_block(b, systematics, slopes, scratch, terms);
      }
    });
  }

 private:
  /// Of one thread.
  struct Scratch {
    explicit Scratch(std::size_t nodes) : space(nodes) {}
    KernelSpace<Real> space;
    SightlineBlock block;
    BlockIntegrals integrals;
  };

  void integrate_block(std::size_t b, const Systematics& systematics, Slopes slopes, Scratch& scratch,
                       StarTerms& terms) const {
    const bool measured = lines_.with_radial_velocity[b];
    scratch.block = lines_.blocks[b];
    correct(systematics, scratch.block);
    const auto kernel = slopes == Slopes::all ? kernel_ : kernel_of_values_;
    kernel(tables_, scratch.block, measured, scratch.space, scratch.integrals);
    // a measured radial velocity is a density per km/s, of one order less: E(g) / s instead of sqrt(2 pi) E(g + 1/2)
    const double factor = measured ? -std::log(tables_.cluster.velocity_scale) - 0.5 * kLogTwoPi : 0.0;
    for (std::size_t lane = 0; lane < scratch.block.size; ++lane) {
      const auto star = static_cast<Eigen::Index>(scratch.block.star[lane]);
      const double value = scratch.integrals.log_value[lane] + scratch.block.log_weight[lane] + factor;
      double& total = terms.value[star];
      if (scratch.block.begins[lane]) total = kMinusInfinity;
      if (!(value > kMinusInfinity)) continue;
      const double before = total > kMinusInfinity ? 1.0 / (1.0 + std::exp(value - total)) : 0.0;
      total = before > 0.0 ? total - std::log(before) : value;
      if (slopes == Slopes::all) mix(scratch.integrals, lane, before, measured, terms.gradient.col(star));
    }
  }

  /// Of a star's lines so far, which have this share, and one more.
  static void mix(const BlockIntegrals& integrals, std::size_t lane, double share, bool measured,
                  Eigen::Ref<StarGradient> gradient) {
    for (std::size_t k = 0; k < kStarInputs; ++k) {
      const double now = integrals.gradient[k][lane] - (measured && k == kLogVelocityScale ? 1.0 : 0.0);
      double& mean = gradient[static_cast<Eigen::Index>(k)];
      mean = share > 0.0 ? share * mean + (1.0 - share) * now : now;
    }
  }

  const Sightlines& lines_;
  std::vector<std::size_t> chunks_;  // blocks at which they begin, and the end
  KernelTables<Real> tables_;
  StarKernel<Real> kernel_, kernel_of_values_;
  std::vector<Scratch> scratch_;
};

/// Rows from the middle of the catalogue outwards.
std::vector<std::size_t> from_the_middle(const std::vector<ObservedStar>& stars) {
  Eigen::Vector3d mean = Eigen::Vector3d::Zero();
  for (const ObservedStar& star : stars) mean += star.triad.radial / static_cast<double>(stars.size());
  std::vector<double> distance;
  for (const ObservedStar& star : stars) distance.push_back((star.triad.radial - mean).squaredNorm());
  std::vector<std::size_t> order(stars.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t row) { return distance[row]; });
  return order;
}

std::vector<ObservedStar> in_order(const std::vector<ObservedStar>& stars, const std::vector<std::size_t>& rows) {
  std::vector<ObservedStar> ordered;
  for (const std::size_t row : rows) ordered.push_back(stars[row]);
  return ordered;
}

}  // namespace

class CollapsedStars::Workspace {
 public:
  Workspace(const QuadratureRule& rule, const Sightlines& lines, std::size_t stars)
      : terms(static_cast<Eigen::Index>(stars)), parts(stars / kStarsAtOnce + 1), integrator_(make(rule, lines)) {}

  sim::globular::LoweredIsothermal model;
  bool solved = false;        ///< there is a model at the theta of the last evaluation
  StarTerms terms;            ///< of the last evaluation
  std::vector<Vector> parts;  ///< of a gradient
  int threads = 1;

  void use_threads(int count) {
    threads = count;
    std::visit([&](auto& integrator) { integrator.use_threads(count); }, integrator_);
  }
  void integrate(const Systematics& systematics, const ClusterState& cluster, Slopes slopes) {
    std::visit([&](auto& integrator) { integrator.integrate(systematics, cluster, slopes, terms); }, integrator_);
  }

 private:
  using AnyIntegrator = std::variant<Integrator<float>, Integrator<double>>;
  static AnyIntegrator make(const QuadratureRule& rule, const Sightlines& lines) {
    if (rule.single_precision) return Integrator<float>(rule, lines);
    return Integrator<double>(rule, lines);
  }

  AnyIntegrator integrator_;
};

CollapsedStars::CollapsedStars(const Catalogue& catalogue, QuadratureRule rule, SystematicIndices systematics)
    : stars_(observed_stars(catalogue)), systematics_(systematics) {
  rows_ = from_the_middle(stars_);
  stars_ = in_order(stars_, rows_);
  lines_ = sightlines_of(stars_, rule.smearing);
  workspace_ = std::make_unique<Workspace>(rule, lines_, stars_.size());
}

CollapsedStars::~CollapsedStars() = default;

void CollapsedStars::use_threads(int threads) const { workspace_->use_threads(threads); }

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
      systematics_.at(theta),
      {&model, std::exp(parameters.log_r0()), std::exp(parameters.log_s()), centre.position_pc, centre.velocity_kms},
      slopes);
  // One factor of every star:  k^2 9/(8 pi^2) R_c^4 / (s^2 r0^3 m_t E(g+3/2, Phi0)).
  // R_c^4 is constant here: the integrals hold (R/R_c)^4 and differentiate R^4.
  const double log_common = std::log(9.0 / 8.0) + 2.0 * std::log(units::kKmsPerMasyrPc / std::numbers::pi) +
                            4.0 * std::log(parameters.distance()) - 2.0 * parameters.log_s() -
                            3.0 * parameters.log_r0() - parameters.log_mass() - parameters.log_e();
  for (std::size_t n = 0; n < rows_.size(); ++n) {
    const double value = workspace_->terms.value[static_cast<Eigen::Index>(n)];
    values[static_cast<Eigen::Index>(rows_[n])] = std::isfinite(value) ? value + log_common : kMinusInfinity;
  }
}

void CollapsedStars::pull_back(const Vector& theta, const density::Array& weight, Vector& gradient) const {
  if (!workspace_->solved) return;
  const ClusterParameters parameters(theta, workspace_->model);
  auto& parts = workspace_->parts;
  for_each_piece(parts.size(), workspace_->threads, [&](std::size_t part, int) {
    const auto begin = static_cast<Eigen::Index>(part) * kStarsAtOnce;
    parts[part].setZero(gradient.size());
    pull_back_some(parameters, weight, begin, std::min(begin + kStarsAtOnce, weight.size()), parts[part]);
  });
  for (const Vector& part : parts) gradient += part;
}

void CollapsedStars::pull_back_some(const ClusterParameters& cluster, const density::Array& weight, Eigen::Index begin,
                                    Eigen::Index end, Vector& gradient) const {
  const Eigen::Vector3d centre = cluster.centre().position_pc;
  ClusterGradient by;
  Systematics by_systematics;
  double total = 0.0;
  for (Eigen::Index n = begin; n < end; ++n) {
    const double of_star = weight[static_cast<Eigen::Index>(rows_[static_cast<std::size_t>(n)])];
    if (of_star == 0.0) continue;
    const ObservedStar& star = stars_[static_cast<std::size_t>(n)];
    const auto& triad = star.triad;
    const StarGradient mean = of_star * workspace_->terms.gradient.col(n);
    total += of_star;
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
  by.log_r0 -= 3.0 * total;
  by.log_s -= 2.0 * total;
  by.log_mass -= total;
  by.log_e -= total;
  cluster.chain(by, gradient);
  systematics_.add(by_systematics, gradient);
}

}  // namespace praesepe::infer::models::globular
