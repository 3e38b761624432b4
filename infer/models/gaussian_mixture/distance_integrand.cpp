#include "infer/models/gaussian_mixture/distance_integrand.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <numbers>

#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::gaussian_mixture {

using sim::astrometry::kKmsPerMasyrKpc;
using sim::mixture::kDistance;
using sim::mixture::kVx;

namespace {

constexpr double kMagnitudesPerLog = 5.0 / std::numbers::ln10;
/// The inner coordinate that each steady row measures: colour, magnitude, velocity outwards; the parallax none.
enum InnerIndex : Eigen::Index { kEastward, kNorthward, kOutwards, kInnerColour, kInnerMagnitude };

double half_log_two_pi() {
  static const double value = 0.5 * std::log(2.0 * std::numbers::pi);
  return value;
}

}  // namespace

DistanceIntegrand::DistanceIntegrand(const Star& star, const sim::mixture::StellarGaussian& component,
                                     const sim::mixture::Dust& dust)
    : star_(&star) {
  const Matrix8& F = component.factor;
  // 1. The direction, and u given the direction.
  const Eigen::Vector2d offset = star.direction - component.mean.head<2>();
  Eigen::Vector2d e;
  e[0] = offset[0] / F(0, 0);
  e[1] = (offset[1] - F(1, 0) * e[0]) / F(1, 1);
  shift_ = F.leftCols<2>() * e;
  distance_mean_ = component.mean[kDistance] + shift_[kDistance];
  distance_sd_ = F(kDistance, kDistance);
  constant_ =
      -0.5 * e.squaredNorm() - std::log(F(0, 0) * F(1, 1) * distance_sd_) - (3.0 + star.measured) * half_log_two_pi();

  // 2. z given direction and distance, velocity along the triad.
  inner_mean_ = component.mean.tail<kInner>() + shift_.tail<kInner>();
  inner_slope_ = F.col(kDistance).tail<kInner>() / distance_sd_;
  Matrix5 factor = F.bottomRightCorner<kInner, kInner>();
  inner_mean_.head<3>() = star.triad * inner_mean_.head<3>().eval();
  inner_slope_.head<3>() = star.triad * inner_slope_.head<3>().eval();
  factor.topRows<3>() = star.triad * factor.topRows<3>().eval();
  const Matrix5& S = inner_covariance_ = factor * factor.transpose();

  // 3. Steady rows: covariance T = L L^T, residuals and gain whitened by L.
  const auto has = star.has.head<4>();
  Matrix45 measured;  // B S of the steady rows
  measured << has[kColourRow] * S.row(kInnerColour), has[kMagnitudeRow] * S.row(kInnerMagnitude),
      has[kVelocityRow] * S.row(kOutwards), Eigen::Matrix<double, 1, kInner>::Zero();
  Eigen::Matrix4d T = star.noise.topLeftCorner<4, 4>();
  T.col(kColourRow) += has[kColourRow] * measured.col(kInnerColour);
  T.col(kMagnitudeRow) += has[kMagnitudeRow] * measured.col(kInnerMagnitude);
  T.col(kVelocityRow) += has[kVelocityRow] * measured.col(kOutwards);
  magnitude_variance_ = T(kMagnitudeRow, kMagnitudeRow);
  const Eigen::LLT<Eigen::Matrix4d> llt(T);
  const auto L = llt.matrixL();
  constant_ -= std::log(llt.matrixLLT().diagonal().prod());
  residual_.setZero();
  const Eigen::Vector4d mean(inner_mean_[kInnerColour] + dust.reddening * distance_mean_,
                             inner_mean_[kInnerMagnitude] + dust.extinction * distance_mean_ + 10.0,
                             inner_mean_[kOutwards], 0.0);
  const Eigen::Vector4d slope(inner_slope_[kInnerColour] + dust.reddening,
                              inner_slope_[kInnerMagnitude] + dust.extinction, inner_slope_[kOutwards], 0.0);
  residual_.col(0) = star.data.head<4>() - has.cwiseProduct(mean);
  residual_.col(1) = -has.cwiseProduct(slope);
  residual_(kMagnitudeRow, 2) = -has[kMagnitudeRow] * kMagnitudesPerLog;
  residual_(kParallaxRow, 3) = -has[kParallaxRow];
  L.solveInPlace(residual_);
  steady_gain_ = L.solve(measured);

  // 4. Moving rows given the steady ones.
  const Eigen::Vector2d has_motion = star.has.tail<2>();
  moving_mean_ = has_motion.cwiseProduct(inner_mean_.head<2>());
  moving_slope_ = has_motion.cwiseProduct(inner_slope_.head<2>());
  cross0_ = L.solve(star.noise.topRightCorner<4, 2>());
  cross1_ = steady_gain_.leftCols<2>() * has_motion.asDiagonal();
  const Matrix25 motion_inner = has_motion.asDiagonal() * S.topRows<2>();
  const Eigen::Matrix2d mixed = cross0_.transpose() * cross1_;
  moving0_ = star.noise.bottomRightCorner<2, 2>() - cross0_.transpose() * cross0_;
  moving1_ = -(mixed + mixed.transpose());
  moving2_ = motion_inner.leftCols<2>() * has_motion.asDiagonal() - cross1_.transpose() * cross1_;
  gain0_ = -cross0_.transpose() * steady_gain_;
  gain1_ = motion_inner - cross1_.transpose() * steady_gain_;
}

DistanceIntegrand::At DistanceIntegrand::at(double r, double log_r) const {
  At at;
  at.offset = r - distance_mean_;
  at.eta = 1.0 / (kKmsPerMasyrKpc * r);
  const double eta = at.eta, e_r = at.offset / distance_sd_;
  at.steady = residual_.col(0) + at.offset * residual_.col(1) + log_r * residual_.col(2) + 1.0 / r * residual_.col(3);
  const Eigen::Vector2d residual = star_->data.tail<2>() - eta * (moving_mean_ + at.offset * moving_slope_) -
                                   cross0_.transpose() * at.steady - eta * (cross1_.transpose() * at.steady);
  const auto covariance = [&](Eigen::Index i, Eigen::Index j) {
    return moving0_(i, j) + eta * (moving1_(i, j) + eta * moving2_(i, j));
  };
  at.l00 = std::sqrt(covariance(0, 0));
  at.l10 = covariance(1, 0) / at.l00;
  at.l11 = std::sqrt(covariance(1, 1) - at.l10 * at.l10);
  at.moving[0] = residual[0] / at.l00;
  at.moving[1] = (residual[1] - at.l10 * at.moving[0]) / at.l11;
  at.log_density =
      constant_ - 0.5 * (e_r * e_r + at.steady.squaredNorm() + at.moving.squaredNorm()) - std::log(at.l00 * at.l11);
  return at;
}

DistanceIntegrand::Matrix25 DistanceIntegrand::moving_gain(const At& at) const {
  Matrix25 gain = gain0_ + at.eta * gain1_;
  gain.row(0) /= at.l00;
  gain.row(1) = (gain.row(1) - at.l10 * gain.row(0)) / at.l11;
  return gain;
}

InnerGaussian DistanceIntegrand::inner_given(double r, double log_r) const {
  const At here = at(r, log_r);
  const Matrix25 gain = moving_gain(here);
  InnerGaussian inner{inner_mean_ + here.offset * inner_slope_ + steady_gain_.transpose() * here.steady +
                          gain.transpose() * here.moving,
                      inner_covariance_ - steady_gain_.transpose() * steady_gain_ - gain.transpose() * gain};
  inner.mean.head<3>() = star_->triad.transpose() * inner.mean.head<3>().eval();
  inner.covariance.topRows<3>() = star_->triad.transpose() * inner.covariance.topRows<3>().eval();
  inner.covariance.leftCols<3>() = inner.covariance.leftCols<3>().eval() * star_->triad;
  return inner;
}

void DistanceIntegrand::add(const At& at, double weight, Sums& sums) const {
  const Matrix25 gain = moving_gain(at);
  // The mean of z given r, less its mean given the direction alone; the covariance less what does not depend on r.
  const Vector5 inner = at.offset * inner_slope_ + steady_gain_.transpose() * at.steady + gain.transpose() * at.moving;
  sums.weight += weight;
  sums.distance += weight * at.offset;
  sums.distance_squared += weight * at.offset * at.offset;
  sums.inner += weight * inner;
  sums.inner_distance += weight * at.offset * inner;
  for (Eigen::Index j = 0; j < kInner; ++j) {
    for (Eigen::Index i = j; i < kInner; ++i) {
      sums.inner_squared(i, j) += weight * (inner[i] * inner[j] - gain(0, i) * gain(0, j) - gain(1, i) * gain(1, j));
    }
  }
}

StarMoments DistanceIntegrand::moments(const Sums& sums) const {
  // x = u - its mean given the direction: 0 for the direction itself.
  const double scale = 1.0 / sums.weight;
  Vector5 inner = scale * sums.inner, inner_distance = scale * sums.inner_distance;
  Matrix5 squared = scale * sums.inner_squared.selfadjointView<Eigen::Lower>().toDenseMatrix();
  squared += inner_covariance_ - steady_gain_.transpose() * steady_gain_;
  const Eigen::Matrix3d back = star_->triad.transpose();
  inner.head<3>() = back * inner.head<3>().eval();
  inner_distance.head<3>() = back * inner_distance.head<3>().eval();
  squared.topRows<3>() = back * squared.topRows<3>().eval();
  squared.leftCols<3>() = squared.leftCols<3>().eval() * star_->triad;

  Vector8 mean = Vector8::Zero();
  mean[kDistance] = scale * sums.distance;
  mean.tail<kInner>() = inner;
  StarMoments moments{shift_ + mean, shift_ * (shift_ + mean).transpose() + mean * shift_.transpose()};
  moments.second(kDistance, kDistance) += scale * sums.distance_squared;
  moments.second.col(kDistance).tail<kInner>() += inner_distance;
  moments.second.row(kDistance).tail<kInner>() += inner_distance.transpose();
  moments.second.bottomRightCorner<kInner, kInner>() += squared;
  return moments;
}

double DistanceIntegrand::information(double r) const {
  const double eta = 1.0 / (kKmsPerMasyrKpc * r), prior = r / distance_sd_;
  double sum = prior * prior + star_->has[kParallaxRow] / (r * r * star_->noise(kParallaxRow, kParallaxRow)) +
               star_->has[kMagnitudeRow] * kMagnitudesPerLog * kMagnitudesPerLog / magnitude_variance_;
  for (Eigen::Index i = 0; i < 2; ++i) {
    const double signal = eta * moving_mean_[i], variance = star_->noise(4 + i, 4 + i) + eta * eta * moving2_(i, i);
    sum += signal * signal / variance;
  }
  return sum;
}

Eigen::Vector4d DistanceIntegrand::indicated_distances() const {
  Eigen::Vector4d distances = Eigen::Vector4d::Zero();
  // argmax of r N(r; m, s): r^2 - m r - s^2 = 0
  const double m = distance_mean_, s = distance_sd_;
  distances[0] = m > 0.0 ? 0.5 * (m + std::hypot(m, 2.0 * s)) : 2.0 * s * s / (std::hypot(m, 2.0 * s) - m);
  if (star_->data[kParallaxRow] > 0.0) distances[1] = 1.0 / star_->data[kParallaxRow];
  if (star_->has[kMagnitudeRow] > 0.0) {
    distances[2] = std::pow(10.0, 0.2 * (star_->data[kMagnitudeRow] - 10.0 - inner_mean_[kInnerMagnitude]));
  }
  const Eigen::Vector2d motion = star_->data.tail<2>();
  if (motion.squaredNorm() > 0.0) {
    distances[3] = std::max(0.0, moving_mean_.dot(motion) / (kKmsPerMasyrKpc * motion.squaredNorm()));
  }
  return distances;
}

}  // namespace praesepe::infer::models::gaussian_mixture
