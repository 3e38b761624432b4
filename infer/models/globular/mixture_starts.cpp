#include "infer/models/globular/mixture_starts.hpp"

#include <algorithm>

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

/// Stars that are more likely of the component than not, and not far from most of these on the sky: field stars that
/// move like the cluster are spread over the footprint.
std::vector<Eigen::Index> likely_members(const Catalogue& catalogue, const Array& share) {
  constexpr double kFar = 4.0;  // median distances from the median place
  constexpr int kRounds = 4;
  constexpr std::size_t kFewest = 5;
  const Eigen::Matrix3Xd directions = field::directions(catalogue).radial;
  std::vector<Eigen::Index> members;
  for (Eigen::Index n = 0; n < share.size(); ++n) {
    if (share[n] > 0.5) members.push_back(n);
  }
  for (int round = 0; round < kRounds && members.size() >= kFewest; ++round) {
    const auto median_of = [&](const auto& value) {
      std::vector<double> values;
      for (const Eigen::Index n : members) values.push_back(value(n));
      return median(std::move(values));
    };
    Eigen::Vector3d middle;
    for (Eigen::Index i = 0; i < 3; ++i) middle[i] = median_of([&](Eigen::Index n) { return directions(i, n); });
    const auto distance = [&](Eigen::Index n) { return (directions.col(n) - middle).norm(); };
    const double half = median_of(distance);
    std::erase_if(members, [&](Eigen::Index n) { return distance(n) > kFar * half; });
  }
  if (members.size() >= kFewest) return members;
  members.resize(static_cast<std::size_t>(share.size()));  // no cluster to be seen: all stars
  for (Eigen::Index n = 0; n < share.size(); ++n) members[static_cast<std::size_t>(n)] = n;
  return members;
}

}  // namespace

std::vector<Vector> mixture_starts(const Model& model, const Catalogue& catalogue, const density::ParameterSpace& space,
                                   sim::random::Stream& stream) {
  const em::NoisyPoints points = field::noisy_motions(field::proper_motions(catalogue));
  const em::Fit fit = field::point_fit(points, model.fields + 1, stream);
  const em::Matrix shares = em::responsibilities(points, fit.mixture);
  const auto order = field::by_density(fit.mixture);
  std::vector<Vector> starts;
  for (std::size_t i = 0; i < std::min(kCandidates, order.size()); ++i) {
    const Array share = shares.col(static_cast<Eigen::Index>(order[i])).array();
    const Catalogue members = rows_of(catalogue, likely_members(catalogue, share));
    Vector theta(model.size());
    field::set_field(model.field, fit.mixture, order[i], theta);
    theta[model.field.length] = field::length_from(field::measured(catalogue, "parallax").value, 1.0 - share);
    for (const Vector& cluster : cluster_starts(members, space.priors()[kRadialVelocity])) {
      theta.head<kParameters>() = cluster;
      starts.push_back(space.pulled_inside(theta, kLargestCoordinate));
    }
  }
  return starts;
}

}  // namespace praesepe::infer::models::globular
