#include "infer/models/globular/mixture_starts.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "infer/models/field/field_starts.hpp"
#include "infer/models/globular/start_points.hpp"

namespace praesepe::infer::models::globular {

using field::Array;
using sim::astrometry::Catalogue;

namespace {

constexpr std::size_t kCandidates = 2;      // components taken for the cluster in turn
constexpr double kLargestCoordinate = 3.0;  // starts are moved this near to the middle of the prior

Catalogue rows_of(const Catalogue& catalogue, const std::vector<Eigen::Index>& rows) {
  Catalogue chosen(rows.size());
  for (const auto& column : catalogue.columns()) {
    std::vector<double> values;
    for (const Eigen::Index row : rows) values.push_back(column.values[static_cast<std::size_t>(row)]);
    chosen.add(column.name, column.unit, std::move(values));
  }
  return chosen;
}

/// Proper motions, and places on the sky in units of their own spread: a cluster is narrow in both.
em::NoisyPoints motions_and_places(const Catalogue& catalogue) {
  const auto pm = field::proper_motions(catalogue);
  const Eigen::Matrix3Xd directions = field::directions(catalogue).radial;
  const Eigen::Vector3d middle = directions.rowwise().mean().normalized(), across = middle.unitOrthogonal();
  Eigen::Matrix2Xd place(2, directions.cols());
  place << across.transpose() * directions, middle.cross(across).transpose() * directions;
  place /= std::sqrt(std::max(place.squaredNorm() / static_cast<double>(place.size()), 1e-30));
  em::NoisyPoints points(4);
  for (Eigen::Index n = 0; n < place.cols(); ++n) {
    em::Matrix noise = em::Matrix::Zero(4, 4);
    noise.topLeftCorner<2, 2>() << pm.var_pmra[n], pm.cov[n], pm.cov[n], pm.var_pmdec[n];
    points.add(em::Vector{{pm.pmra[n], pm.pmdec[n], place(0, n), place(1, n)}}, noise);
  }
  return points;
}

/// EM has motions to go by: stars without one are left out.
Catalogue moving_stars(const Catalogue& catalogue) {
  std::vector<Eigen::Index> rows;
  for (std::size_t n = 0; n < catalogue.rows(); ++n) {
    if (std::isfinite(catalogue["pmra"][n])) rows.push_back(static_cast<Eigen::Index>(n));
  }
  return rows_of(catalogue, rows);
}

/// Radial velocities of the stars that are not the cluster's, the same for all Gaussians of the field.
void set_field_velocities(const field::FieldIndices& at, const Catalogue& stars, const Array& share, Vector& theta) {
  if (!at.has_radial_velocity()) return;
  constexpr double kNarrowest = 5.0;  // km/s
  const auto seen = field::moments(field::measured(stars, "radial_velocity").value, 1.0 - share, {0.0, 50.0});
  for (const auto& gaussian : at.gaussians) {
    theta[gaussian.radial_velocity] = seen.mean;
    theta[gaussian.sigma_radial_velocity] = std::max(seen.sd, kNarrowest);
  }
}

/// The stars that are more likely of the component than not; all if there are too few to tell of a cluster.
Catalogue likely_members(const Catalogue& catalogue, const Array& share) {
  constexpr std::size_t kFewest = 5;
  std::vector<Eigen::Index> all(catalogue.rows()), members;
  std::iota(all.begin(), all.end(), 0);
  std::ranges::copy_if(all, std::back_inserter(members), [&](Eigen::Index n) { return share[n] > 0.5; });
  return rows_of(catalogue, members.size() < kFewest ? all : members);
}

}  // namespace

std::vector<Vector> mixture_starts(const Model& model, const Catalogue& catalogue, const density::ParameterSpace& space,
                                   sim::random::Stream& stream) {
  const Catalogue stars = moving_stars(catalogue);
  std::vector<Vector> starts;
  // Motions alone miss a cluster that moves as the field does; with places its halo may be taken for the field.
  for (const auto& points : {field::noisy_motions(field::proper_motions(stars)), motions_and_places(stars)}) {
    const em::GaussianMixture mixture = field::point_fit(points, model.fields + 1, stream).mixture;
    const em::Matrix shares = em::responsibilities(points, mixture);
    const auto order = field::by_density(mixture);
    for (std::size_t i = 0; i < std::min(kCandidates, order.size()); ++i) {
      const Array share = shares.col(static_cast<Eigen::Index>(order[i])).array();
      const Catalogue members = likely_members(stars, share);
      Vector theta(model.size());
      field::set_field(model.field, mixture, order[i], theta);
      theta[model.field.length] = field::length_from(field::measured(stars, "parallax").value, 1.0 - share);
      set_field_velocities(model.field, stars, share, theta);
      for (const Vector& cluster : cluster_starts(members, space.priors()[kRadialVelocity])) {
        theta.head<kParameters>() = cluster;
        set_systematics(model.systematics, space, theta);
        starts.push_back(space.pulled_inside(theta, kLargestCoordinate));
      }
    }
  }
  return starts;
}

}  // namespace praesepe::infer::models::globular
