#include "infer/models/membership/start_points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "infer/models/column.hpp"
#include "infer/models/field/field_starts.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::membership {

using em::GaussianMixture;
using em::NoisyPoints;
using field::measured;
using field::Moments;
using field::moments;
using field::noisy_motions;
using field::proper_motions;
using sim::astrometry::Catalogue;

namespace {

constexpr std::size_t kCandidates = 2;  // components taken for the cluster in turn
constexpr double kInside = 4.0;  // in standard deviations of the prior; a narrow cluster is lost if its start is moved

NoisyPoints motions_in_ra(const Catalogue& catalogue) {
  const Measured values = measured(catalogue, "pmra");
  NoisyPoints points(1);
  for (Eigen::Index n = 0; n < values.value.size(); ++n) {
    points.add(Vector::Constant(1, values.value[n]), em::Matrix::Constant(1, 1, values.variance[n]));
  }
  return points;
}

NoisyPoints motions_and_parallaxes(const Catalogue& catalogue) {
  const auto pm = proper_motions(catalogue);
  const Measured parallax = measured(catalogue, "parallax");
  NoisyPoints points(3);
  for (Eigen::Index n = 0; n < pm.pmra.size(); ++n) {
    em::Matrix noise = em::Matrix::Zero(3, 3);
    noise.diagonal() << pm.var_pmra[n], pm.var_pmdec[n], parallax.variance[n];
    noise(0, 1) = noise(1, 0) = pm.cov[n];
    points.add(em::Vector{{pm.pmra[n], pm.pmdec[n], parallax.value[n]}}, noise);
  }
  return points;
}

/// The numbers in which clusters and field are Gaussian, or nearly so. A cluster whose stars move as differently as
/// those of the field is told by its parallaxes.
std::vector<NoisyPoints> points_of(Data data, const Catalogue& catalogue) {
  if (data == Data::pmra) return {motions_in_ra(catalogue)};
  std::vector<NoisyPoints> points{noisy_motions(proper_motions(catalogue))};
  if (data == Data::all) points.push_back(motions_and_parallaxes(catalogue));
  return points;
}

/// Writes one point from a mixture of which component `cluster` is the cluster.
class Start {
 public:
  Start(const Model& model, const Catalogue& catalogue, const density::ParameterSpace& space)
      : model_(model), catalogue_(catalogue), theta_(space.constrain(Vector::Zero(space.dimension()))) {}

  Vector from(const GaussianMixture& mixture, std::size_t cluster, const Array& member) {
    set_cluster_motion(mixture.components[cluster]);
    field::set_field(model_.field, mixture, cluster, theta_);
    if (model_.data == Data::all)
      set_ball(member, mixture.components[cluster].covariance.topLeftCorner<2, 2>().trace());
    return theta_;
  }

 private:
  void set(const std::string& name, double value) { theta_[model_.index(name)] = value; }

  void set_cluster_motion(const em::GaussianComponent& c) {
    set("pmra", c.mean[0]);
    if (model_.data == Data::pmra) {
      set("sigma_pmra", std::sqrt(c.covariance(0, 0)));
      return;
    }
    set("pmdec", c.mean[1]);
    if (model_.data == Data::all) return;
    const MotionIndices at = model_.cluster_motion();
    if (model_.isotropic) {
      theta_[at.sd_pmra] = std::sqrt(0.5 * c.covariance.trace());
      return;
    }
    field::set_motion(at, c, theta_);
  }

  /// `motions`: variance of the members' proper motions along both axes together, (mas/yr)^2.
  void set_ball(const Array& member, double motions) {
    const Array dec = column(catalogue_, "dec"), ra = column(catalogue_, "ra"),
                first = Array::Constant(ra.size(), ra[0]);
    const Array near = ra - 360.0 * ((ra - first) / 360.0).round();
    const Moments north = moments(dec, member, {dec.mean(), 0.1}), east = moments(near, member, {near.mean(), 0.1});
    const Array parallax = column(catalogue_, "parallax"), error = column(catalogue_, "parallax_error");
    const double nearest = moments(parallax, member / error.square() * error.square().minCoeff(), {1.0, 1.0}).mean;
    const double distance = 1.0 / std::max(nearest, error.minCoeff());
    set("ra", east.mean);
    set("dec", north.mean);
    set("parallax", 1.0 / distance);
    set("sigma_position", 1e3 * distance * north.sd * sim::astrometry::kRadPerDeg);
    set("sigma_velocity", sim::astrometry::kKmsPerMasyrKpc * distance * std::sqrt(0.5 * motions));
    set("field_length", field::length_from(parallax, 1.0 - member));
    if (!catalogue_.has("radial_velocity")) return;
    const Array velocity = column(catalogue_, "radial_velocity");
    set("radial_velocity", moments(velocity, member, {0.0, 1.0}).mean);
    const Moments others = moments(velocity, 1.0 - member, {0.0, 40.0});
    for (const auto& at : model_.field.gaussians) {
      theta_[at.radial_velocity] = others.mean;
      theta_[at.sigma_radial_velocity] = std::max(others.sd, 1.0);
    }
  }

  const Model& model_;
  const Catalogue& catalogue_;
  Vector theta_;
};

/// The likeliest points of a grid: a field of any depth hides a cluster from EM of Gaussians.
std::vector<Vector> parallax_starts(const Model& model, const Catalogue& catalogue,
                                    const density::ParameterSpace& space) {
  constexpr int kParallaxes = 40, kKept = 3;
  std::vector<double> seen = catalogue["parallax"];
  std::ranges::sort(seen);
  const density::StarLikelihood likelihood(model.size(), mixture(model, catalogue, {}));
  std::vector<std::pair<double, Vector>> best;  // for each parallax
  Vector theta = space.constrain(Vector::Zero(space.dimension())), gradient(model.size());
  for (int i = 0; i < kParallaxes; ++i) {
    theta[model.index("parallax")] = seen[seen.size() * (2 * static_cast<std::size_t>(i) + 1) / (2 * kParallaxes)];
    auto& [highest, where] = best.emplace_back(-std::numeric_limits<double>::infinity(), theta);
    for (const double fraction : {0.1, 0.3, 0.7}) {
      for (const double length : {0.1, 0.3, 1.0, 3.0}) {
        theta[model.index("cluster_fraction")] = fraction;
        theta[model.index("field_length")] = length;
        const Vector inside = space.pulled_inside(theta, kInside);
        const double value = likelihood.log_likelihood(inside, gradient);
        if (value > highest) std::tie(highest, where) = std::pair(value, inside);
      }
    }
  }
  std::ranges::sort(best, std::ranges::greater{}, [](const auto& candidate) { return candidate.first; });
  std::vector<Vector> starts;
  for (int i = 0; i < kKept; ++i) starts.push_back(best[static_cast<std::size_t>(i)].second);
  return starts;
}

/// The same cluster or field, and hardly any stars in the other, which may then be anywhere: much of the posterior is
/// there where the data do not ask for both.
std::vector<Vector> with_one_empty(const Model& model, const Vector& start, const density::ParameterSpace& space) {
  constexpr double kHardlyAny = 0.02;
  std::vector<Vector> starts;
  for (const bool is_field_empty : {false, true}) {
    Vector theta = space.constrain(Vector::Zero(space.dimension()));
    for (Eigen::Index i = 0; i < model.size(); ++i) {
      const bool is_of_field = model.parameters[static_cast<std::size_t>(i)].name.starts_with("field_");
      if (is_of_field != is_field_empty) theta[i] = start[i];
    }
    theta[model.index("cluster_fraction")] = is_field_empty ? 1.0 - kHardlyAny : kHardlyAny;
    starts.push_back(space.pulled_inside(theta, kInside));
  }
  return starts;
}

/// The same with half of all stars in a cluster as broad as all of them together, the others' weights by their ratio:
/// near the saddle between clusters of which either half might be.
GaussianMixture with_broad_cluster(GaussianMixture mixture, std::size_t cluster) {
  em::Vector mean = em::Vector::Zero(mixture.dimension());
  em::Matrix square = em::Matrix::Zero(mixture.dimension(), mixture.dimension());
  for (const auto& c : mixture.components) {
    mean += c.weight * c.mean;
    square += c.weight * (c.covariance + c.mean * c.mean.transpose());
  }
  mixture.components[cluster] = {0.5, mean, square - mean * mean.transpose()};
  return mixture;
}

std::vector<Vector> mixture_starts(const Model& model, const Catalogue& catalogue, const density::ParameterSpace& space,
                                   sim::random::Stream& stream) {
  std::vector<Vector> starts;
  const auto add = [&](const GaussianMixture& mixture, std::size_t cluster, const Array& member) {
    starts.push_back(space.pulled_inside(Start(model, catalogue, space).from(mixture, cluster, member), kInside));
  };
  for (const NoisyPoints& points : points_of(model.data, catalogue)) {
    const em::Fit fit = field::point_fit(points, model.fields + 1, stream);
    const em::Matrix share = em::responsibilities(points, fit.mixture);
    const auto order = field::by_density(fit.mixture);
    for (std::size_t i = 0; i < std::min(kCandidates, order.size()); ++i) {
      add(fit.mixture, order[i], share.col(static_cast<Eigen::Index>(order[i])).array());
    }
    add(with_broad_cluster(fit.mixture, order[0]), order[0], Array::Constant(share.rows(), 0.5));
  }
  return starts;
}

}  // namespace

std::vector<Vector> start_points(const Model& model, const Catalogue& catalogue, const density::ParameterSpace& space,
                                 sim::random::Stream& stream) {
  std::vector<Vector> starts = model.data == Data::parallax ? parallax_starts(model, catalogue, space)
                                                            : mixture_starts(model, catalogue, space, stream);
  for (Vector& empty : with_one_empty(model, starts.front(), space)) starts.push_back(std::move(empty));
  return starts;
}

}  // namespace praesepe::infer::models::membership
