#include "infer/models/association/moves.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "infer/em/starting_mixture.hpp"
#include "infer/models/association/point_fits.hpp"

namespace praesepe::infer::models::association {

using density::Vector;

namespace {

// As if every Gaussian had one more star, 5 pc and 0.5 km/s off: without it single stars become Gaussians.
constexpr em::FitOptions kFitOptions{.regularisation = 0.3, .tolerance = 1e-6, .max_iterations = 200};

std::string weight_name(int k) { return fmt::format("group_{}_weight", k); }

void set_shares(const Model& model, const std::vector<double>& shares, Vector& theta) {
  double sum = 0.0;
  for (const double share : shares) sum += share;
  if (model.has_field) theta[model.index("group_fraction")] = sum;
  for (int k = 0; model.groups > 1 && k < model.groups; ++k) {
    theta[model.index(weight_name(k))] = shares[static_cast<std::size_t>(k)] / sum;
  }
}

Gaussian6 group_now(const Model& model, const Vector& theta, int k) { return aged_group(model, theta, k).now; }

/// Nine numbers of a group, wherever they stand.
void copy_group(const Model& from, const Vector& theta, int k, const Model& to, int l, Vector& copy) {
  set_group(to.group(l), theta.segment<6>(from.group(k).mean), birth_of(from.group(k), theta), copy);
}

void copy_field(const Model& from, const Vector& theta, const Model& to, Vector& copy) {
  for (const auto& parameter : from.parameters) {
    if (parameter.name.starts_with("field_")) copy[to.index(parameter.name)] = theta[from.index(parameter.name)];
  }
}

}  // namespace

double share_of(const Model& model, const Vector& theta, int k) {
  const double among_groups = model.groups > 1 ? theta[model.index(weight_name(k))] : 1.0;
  return model.has_field ? theta[model.index("group_fraction")] * among_groups : among_groups;
}

AgedEllipsoid aged_group(const Model& model, const Vector& theta, int k) {
  const auto at = model.group(k);
  return aged_ellipsoid(model.orbit, theta.segment<6>(at.mean), factor_at(at.birth, theta), theta[at.age]);
}

std::vector<Seed> seeds_of(const Model& model, const StarStates& stars, sim::random::Stream& stream) {
  constexpr int kTrials = 3;
  constexpr std::size_t kBirths = 3;  // of each
  const em::NoisyPoints points = points_of(stars);
  std::vector<Seed> seeds;
  const int all = model.groups + model.fields;
  for (const int components : {1, all, 2 * all + 3}) {
    const auto fit = em::best_fit(points, static_cast<std::size_t>(components), kTrials, stream, kFitOptions);
    for (const auto& gaussian : fit.mixture.components) {
      const Gaussian6 now = from_units(gaussian.mean, gaussian.covariance);
      auto births = likely_births(model.orbit, now);
      if (births.size() > kBirths) births.resize(kBirths);
      seeds.push_back({gaussian.weight, now.mean, births});
    }
  }
  return seeds;
}

std::vector<Vector> with_seed(const Model& model, const Vector& theta, const Seed& seed) {
  const Model next = with_groups(model, model.groups + 1);
  Vector longer(next.size());
  copy_field(model, theta, next, longer);
  const double share = std::clamp(seed.share, 1e-3, 0.5);
  std::vector<double> shares;
  for (int k = 0; k < model.groups; ++k) {
    copy_group(model, theta, k, next, k, longer);
    shares.push_back((1.0 - share) * share_of(model, theta, k));
  }
  shares.push_back(share);
  set_shares(next, shares, longer);
  std::vector<Vector> all;
  for (const Birth& birth : seed.births) {
    set_group(next.group(model.groups), seed.mean, birth, longer);
    all.push_back(longer);
  }
  return all;
}

bool is_near(const Model& model, const Vector& theta, int k, const Seed& seed) {
  const Vector6 offset = seed.mean - theta.segment<6>(model.group(k).mean);
  return offset.dot(group_now(model, theta, k).covariance.llt().solve(offset)) < 0.1;
}

Vector without_group(const Model& model, const Vector& theta, int k) {
  const Model next = with_groups(model, model.groups - 1);
  Vector shorter(next.size());
  copy_field(model, theta, next, shorter);
  std::vector<double> shares;
  for (int l = 0; l < next.groups; ++l) {
    const int from = l < k ? l : l + 1;
    copy_group(model, theta, from, next, l, shorter);
    shares.push_back(share_of(model, theta, from) / (1.0 - share_of(model, theta, k)));
  }
  set_shares(next, shares, shorter);
  return shorter;
}

std::vector<Vector> divisions(const Model& model, const Vector& theta, int k) {
  constexpr double kSizeFactor = 1.5, kAgeFactor = 1.25;
  const Birth birth = birth_of(model.group(k), theta);
  const Gaussian6 now = group_now(model, theta, k);
  std::vector<Vector> all;
  const auto divide = [&](const Vector6& offset, double size_factor, double age_factor) {
    const auto scaled = [&](double sizes, double age) {
      return Birth{.sd = sizes * birth.sd, .age_myr = age * birth.age_myr};
    };
    Vector changed = theta;
    set_group(model.group(k), now.mean - offset, scaled(1.0 / size_factor, 1.0 / age_factor), changed);
    const Seed half{0.5 * share_of(model, theta, k), now.mean + offset, {scaled(size_factor, age_factor)}};
    std::ranges::move(with_seed(model, changed, half), std::back_inserter(all));
  };
  // axes of the covariance in units of the birth sphere, so that positions do not outweigh velocities
  const Vector6& unit = birth.sd;
  const Vector6 inverse = unit.cwiseInverse();
  const Eigen::SelfAdjointEigenSolver<Matrix6> axes(
      Matrix6(inverse.asDiagonal() * now.covariance * inverse.asDiagonal()));
  for (int axis = 0; axis < 6; ++axis) {
    const Vector6 sd = std::sqrt(axes.eigenvalues()[axis]) * unit.cwiseProduct(axes.eigenvectors().col(axis));
    divide(0.5 * sd, 1.0, 1.0);
  }
  divide(Vector6::Zero(), kSizeFactor, 1.0);
  divide(Vector6::Zero(), 1.0, kAgeFactor);
  return all;
}

std::vector<Vector> alone(const Model& model, const Field& field, const Seed& seed) {
  Vector theta(model.size());
  set_shares(model, {std::clamp(seed.share, 1e-3, 0.9)}, theta);
  for (int k = 0; model.has_gaussian_field() && k < model.fields; ++k) {
    const auto& [share, now] = field[static_cast<std::size_t>(k)];
    set_field(model.field(k), now, theta);
    if (model.fields > 1) theta[model.field_weight(k)] = share;
  }
  std::vector<Vector> all;
  for (const Birth& birth : seed.births) {
    set_group(model.group(0), seed.mean, birth, theta);
    all.push_back(theta);
  }
  return all;
}

std::vector<Field> likely_fields(const Model& model, const StarStates& stars, sim::random::Stream& stream) {
  const em::NoisyPoints points = points_of(stars);
  const auto found = [&](int components) {
    const int trials = components;  // one Gaussian has one maximum
    Field field;
    for (const auto& gaussian :
         em::best_fit(points, static_cast<std::size_t>(components), trials, stream, kFitOptions).mixture.components) {
      field.push_back({gaussian.weight, from_units(gaussian.mean, gaussian.covariance)});
    }
    return field;
  };
  const Field whole = found(1);
  if (model.fields == 1) return {whole};
  Field nested;
  double scale = std::exp2(0.5 * (1 - model.fields));  // of variances, 2 from one to the next
  for (int k = 0; k < model.fields; ++k) {
    nested.push_back({1.0 / model.fields, {whole[0].now.mean, scale * whole[0].now.covariance}});
    scale *= 2.0;
  }
  return {found(model.fields), nested};
}

std::vector<Vector> with_other_ages(const Model& model, const Vector& theta) {
  std::vector<Vector> points;
  for (int k = 0; k < model.groups; ++k) {
    const auto at = model.group(k);
    const Vector6 mean = theta.segment<6>(at.mean);
    for (const Birth& birth : likely_births(model.orbit, group_now(model, theta, k), model.births)) {
      points.push_back(theta);
      set_group(at, mean, birth, points.back());
    }
  }
  return points;
}

}  // namespace praesepe::infer::models::association
