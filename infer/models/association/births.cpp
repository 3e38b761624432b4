#include "infer/models/association/births.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "sim/mixture/partial_correlations.hpp"

namespace praesepe::infer::models::association {

namespace {

Vector6 units() {
  Vector6 all = Vector6::Ones();
  all.head<3>().setConstant(10.0);  // pc
  return all;
}

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

Birth birth_at(const EpicyclicOrbit& orbit, const Gaussian6& now, double age, Births births) {
  const Matrix6 back = orbit.linearise(now.mean, -age).jacobian;
  Vector6 variance = (back * now.covariance * back.transpose()).diagonal();
  if (births == Births::sphere) {
    variance.head<3>().setConstant(variance.head<3>().mean());
    variance.tail<3>().setConstant(variance.tail<3>().mean());
  }
  return {variance.cwiseSqrt(), age, 0.5 * variance.array().log().sum()};
}

}  // namespace

Birth sphere_birth(double dxyz_pc, double duvw_kms, double age_myr) {
  return {.sd = {dxyz_pc, dxyz_pc, dxyz_pc, duvw_kms, duvw_kms, duvw_kms}, .age_myr = age_myr};
}

std::vector<Birth> likely_births(const EpicyclicOrbit& orbit, const Gaussian6& now, Births births) {
  constexpr double kStep = 1.0, kOldest = 200.0;  // Myr
  std::vector<Birth> all, minima;
  for (double age = 0.0; age <= kOldest; age += kStep) all.push_back(birth_at(orbit, now, age, births));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool below_left = i == 0 || all[i].loss < all[i - 1].loss;
    const bool below_right = i + 1 == all.size() || all[i].loss <= all[i + 1].loss;
    if (below_left && below_right) minima.push_back(all[i]);
  }
  std::ranges::sort(minima, {}, &Birth::loss);
  return minima;
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
    points.add(directions * stars[n].state.mean, noise, directions * units().asDiagonal());
  }
  return points;
}

Gaussian6 from_units(const em::Vector& mean, const em::Matrix& covariance) {
  return {units().cwiseProduct(mean), units().asDiagonal() * covariance * units().asDiagonal()};
}

Model simplified(const Model& model) {
  Model simple = model;
  simple.orbits = Orbits::linear;
  simple.births = Births::sphere;
  simple.parameters = parameters_of(simple);
  return simple;
}

Birth birth_of(const AssociationComponent::Indices& at, const density::Vector& theta) {
  Birth birth{.sd = {}, .age_myr = theta[at.age]};
  for (std::size_t i = 0; i < 6; ++i) birth.sd[static_cast<Eigen::Index>(i)] = theta[at.birth.sd[i]];
  return birth;
}

density::Vector restored(const Model& model, const Model& simple, const density::Vector& theta) {
  density::Vector all = density::Vector::Zero(model.size());
  for (int k = 0; k < model.groups; ++k) {
    const auto at = simple.group(k);
    set_group(model.group(k), theta.segment<6>(at.mean), birth_of(at, theta), all);
  }
  for (const Parameter& parameter : model.parameters) {
    const auto found = std::ranges::find(simple.parameters, parameter.name, &Parameter::name);
    if (found != simple.parameters.end()) all[model.index(parameter.name)] = theta[found - simple.parameters.begin()];
  }
  return all;
}

void set_group(const AssociationComponent::Indices& at, const Vector6& mean_now, const Birth& birth,
               density::Vector& theta) {
  theta.segment<6>(at.mean) = mean_now;
  for (std::size_t i = 0; i < 6; ++i) theta[at.birth.sd[i]] = birth.sd[static_cast<Eigen::Index>(i)];
  if (at.birth.partials >= 0) theta.segment<15>(at.birth.partials).setZero();
  theta[at.age] = birth.age_myr;
}

void set_field(const PresentDayGaussian::Indices& at, const Gaussian6& now, density::Vector& theta) {
  const Vector6 sd = now.covariance.diagonal().cwiseSqrt(), by_sd = sd.cwiseInverse();
  theta.segment<6>(at.mean) = now.mean;
  for (std::size_t i = 0; i < 6; ++i) theta[at.shape.sd[i]] = sd[static_cast<Eigen::Index>(i)];
  if (at.shape.partials < 0) return;
  const Matrix6 correlation = by_sd.asDiagonal() * now.covariance * by_sd.asDiagonal();
  const auto partials = sim::mixture::partial_correlations(Matrix6(correlation.llt().matrixL()));
  Eigen::Index next = at.shape.partials;
  for (Eigen::Index i = 1; i < 6; ++i) {
    for (Eigen::Index j = 0; j < i; ++j) theta[next++] = partials(i, j);
  }
}

}  // namespace praesepe::infer::models::association
