#include "infer/models/association/start_points.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "infer/em/starting_mixture.hpp"
#include "infer/models/field/field_starts.hpp"
#include "sim/mixture/partial_correlations.hpp"

namespace praesepe::infer::models::association {

using density::Vector;

namespace {

constexpr double kOldest = 200.0;   // Myr
constexpr std::size_t kBirths = 3;  // kept of each group
constexpr double kInside = 4.0;     // in standard deviations of the prior

/// (M, 6) Directions of a star that were measured.
em::Matrix measured_directions(const StarState& star) {
  if (star.measured() == 6) return em::Matrix::Identity(6, 6);
  em::Matrix directions = em::Matrix::Zero(5, 6);
  directions.topLeftCorner<3, 3>().setIdentity();
  const Eigen::Vector3d one = star.unseen.unitOrthogonal();
  directions.row(3).tail<3>() = one;
  directions.row(4).tail<3>() = star.unseen.cross(one);
  return directions;
}

em::NoisyPoints points_of(const StarStates& stars) {
  // A star's position is known a million times better across the line of sight than along it: singular to rounding.
  constexpr double kBlur = 1e-4;  // pc^2, (km/s)^2
  em::NoisyPoints points(6);
  for (Eigen::Index n = 0; n < stars.size(); ++n) {
    const em::Matrix directions = measured_directions(stars[n]);
    em::Matrix noise = directions * stars[n].state.covariance * directions.transpose();
    noise = (0.5 * (noise + noise.transpose())).eval();
    noise.diagonal().array() += kBlur;
    points.add(directions * stars[n].state.mean, noise, directions);
  }
  return points;
}

Birth birth_at(const EpicyclicOrbit& orbit, const Gaussian6& now, double age) {
  const Matrix6 back = orbit.linearise(now.mean, -age).jacobian;
  const Vector6 variance = (back * now.covariance * back.transpose()).diagonal();
  const double dxyz = std::sqrt(variance.head<3>().mean()), duvw = std::sqrt(variance.tail<3>().mean());
  return {dxyz, duvw, age, 3.0 * std::log(dxyz * duvw)};
}

/// Writes one point from a mixture of today's Gaussians.
class Start {
 public:
  Start(const Model& model, Vector theta) : model_(model), theta_(std::move(theta)) {}

  void set_group(int k, const em::GaussianComponent& gaussian, double share, const Birth& birth) {
    if (model_.groups > 1) theta_[model_.index(fmt::format("group_{}_weight", k))] = share;
    const auto at = model_.group(k);
    theta_.segment<6>(at.mean) = gaussian.mean;
    theta_[at.dxyz] = birth.dxyz_pc;
    theta_[at.duvw] = birth.duvw_kms;
    theta_[at.age] = birth.age_myr;
  }

  void set_field(const em::GaussianComponent& gaussian) {
    theta_[model_.index("group_fraction")] = 1.0 - gaussian.weight;
    const auto at = model_.field();
    const Vector6 sd = gaussian.covariance.diagonal().cwiseSqrt();
    theta_.segment<6>(at.mean) = gaussian.mean;
    theta_.segment<6>(at.sd) = sd;
    if (at.partials < 0) return;
    const Matrix6 correlation = sd.cwiseInverse().asDiagonal() * gaussian.covariance * sd.cwiseInverse().asDiagonal();
    const auto partials = sim::mixture::partial_correlations(Matrix6(correlation.llt().matrixL()));
    Eigen::Index next = at.partials;
    for (Eigen::Index i = 1; i < 6; ++i) {
      for (Eigen::Index j = 0; j < i; ++j) theta_[next++] = partials(i, j);
    }
  }

  const Vector& theta() const { return theta_; }

 private:
  const Model& model_;
  Vector theta_;
};

}  // namespace

std::vector<Birth> likely_births(const EpicyclicOrbit& orbit, const Gaussian6& now, double oldest) {
  constexpr double kStep = 1.0;  // Myr
  std::vector<Birth> all, minima;
  for (double age = 0.0; age <= oldest; age += kStep) all.push_back(birth_at(orbit, now, age));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool below_left = i == 0 || all[i].loss < all[i - 1].loss;
    const bool below_right = i + 1 == all.size() || all[i].loss <= all[i + 1].loss;
    if (below_left && below_right) minima.push_back(all[i]);
  }
  std::ranges::sort(minima, {}, &Birth::loss);
  return minima;
}

std::vector<Vector> start_points(const Model& model, const StarStates& stars, const density::ParameterSpace& space,
                                 sim::random::Stream& stream) {
  constexpr int kFits = 2, kTrials = 4;
  const em::NoisyPoints points = points_of(stars);
  const std::size_t groups = static_cast<std::size_t>(model.groups), components = groups + (model.has_field ? 1 : 0);
  const Vector middle = space.constrain(Vector::Zero(space.dimension()));
  std::vector<Vector> starts;
  for (int i = 0; i < kFits; ++i) {
    const auto fit = em::best_fit(points, components, kTrials, stream, {.regularisation = 1e-2, .tolerance = 1e-6});
    const auto order = field::by_density(fit.mixture);
    const double in_groups = model.has_field ? 1.0 - fit.mixture.components[order.back()].weight : 1.0;
    std::vector<std::vector<Birth>> births;
    std::size_t most = 1;
    for (std::size_t k = 0; k < groups; ++k) {
      const auto& gaussian = fit.mixture.components[order[k]];
      births.push_back(likely_births(model.orbit, {gaussian.mean, gaussian.covariance}, kOldest));
      most = std::max(most, std::min(kBirths, births.back().size()));
    }
    for (std::size_t choice = 0; choice < most; ++choice) {
      Start start(model, middle);
      for (std::size_t k = 0; k < groups; ++k) {
        const auto& gaussian = fit.mixture.components[order[k]];
        start.set_group(static_cast<int>(k), gaussian, gaussian.weight / in_groups,
                        births[k][std::min(choice, births[k].size() - 1)]);
      }
      if (model.has_field) start.set_field(fit.mixture.components[order.back()]);
      starts.push_back(space.pulled_inside(start.theta(), kInside));
    }
  }
  return starts;
}

}  // namespace praesepe::infer::models::association
