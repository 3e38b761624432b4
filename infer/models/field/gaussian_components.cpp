#include "infer/models/field/gaussian_components.hpp"

#include <cmath>
#include <numbers>

namespace praesepe::infer::models::field {

namespace {

const double kLogTwoPi = std::log(2.0 * std::numbers::pi);

}  // namespace

Gaussian1::Gaussian1(Measured data, Eigen::Index mean, Eigen::Index sd)
    : data_(std::move(data)), known_(1.0 - data_.value.isNaN().cast<double>()), mean_(mean), sd_(sd) {
  data_.value = (known_ > 0.0).select(data_.value, 0.0);
  data_.variance = (known_ > 0.0).select(data_.variance, 1.0);
}

void Gaussian1::log_marginal(const Vector& theta, Array& values) const {
  const double s2 = theta[sd_] * theta[sd_];
  values = -0.5 * known_ *
           ((data_.value - theta[mean_]).square() / (data_.variance + s2) + (data_.variance + s2).log() + kLogTwoPi);
}

void Gaussian1::pull_back(const Vector& theta, const Array& weight, Vector& gradient) const {
  const Array precision = known_ / (data_.variance + theta[sd_] * theta[sd_]);
  const Array u = precision * (data_.value - theta[mean_]);
  gradient[mean_] += (weight * u).sum();
  gradient[sd_] += theta[sd_] * (weight * (u.square() - precision)).sum();
}

MotionGaussian::MotionGaussian(ProperMotions data, MotionIndices indices)
    : data_(std::move(data)), known_(1.0 - (data_.pmra.isNaN() || data_.pmdec.isNaN()).cast<double>()), at_(indices) {
  for (Array* value : {&data_.pmra, &data_.pmdec}) *value = (known_ > 0.0).select(*value, 0.0);
  for (Array* variance : {&data_.var_pmra, &data_.var_pmdec}) *variance = (known_ > 0.0).select(*variance, 1.0);
  data_.cov = (known_ > 0.0).select(data_.cov, 0.0);
}

double MotionGaussian::correlation(const Vector& theta) const {
  return at_.correlation < 0 ? 0.0 : theta[at_.correlation];
}

void MotionGaussian::evaluate(const Vector& theta, Array& values, const Systematics& shared) const {
  const double s1 = theta[at_.sd_pmra], s2 = theta[at_.sd_pmdec];
  const Array t11 = data_.var_pmra + s1 * s1, t22 = data_.var_pmdec + s2 * s2;
  const Array t12 = data_.cov + correlation(theta) * s1 * s2;
  const Array d1 = data_.pmra - (theta[at_.pmra] + shared.pmra), d2 = data_.pmdec - (theta[at_.pmdec] + shared.pmdec);
  const Array determinant = t11 * t22 - t12.square();
  inverse_11 = known_ * t22 / determinant;
  inverse_22 = known_ * t11 / determinant;
  inverse_12 = -known_ * t12 / determinant;
  u1 = inverse_11 * d1 + inverse_12 * d2;
  u2 = inverse_12 * d1 + inverse_22 * d2;
  values = -0.5 * (d1 * u1 + d2 * u2) - known_ * (0.5 * determinant.log() + kLogTwoPi);
}

void MotionGaussian::add(const Vector& theta, double d_pmra, double d_pmdec, double d_11, double d_12, double d_22,
                         Vector& gradient) const {
  const double s1 = theta[at_.sd_pmra], s2 = theta[at_.sd_pmdec], r = correlation(theta);
  gradient[at_.pmra] += d_pmra;
  gradient[at_.pmdec] += d_pmdec;
  gradient[at_.sd_pmra] += 2.0 * (d_11 * s1 + d_12 * r * s2);
  gradient[at_.sd_pmdec] += 2.0 * (d_22 * s2 + d_12 * r * s1);
  if (at_.correlation >= 0) gradient[at_.correlation] += 2.0 * d_12 * s1 * s2;
}

void MotionGaussian::pull_back(const Vector& theta, const Array& weight, Vector& gradient) const {
  // d ln N / d mean = u,   d ln N / d S = (u u^T - T^-1) / 2
  add(theta, (weight * u1).sum(), (weight * u2).sum(), 0.5 * (weight * (u1.square() - inverse_11)).sum(),
      0.5 * (weight * (u1 * u2 - inverse_12)).sum(), 0.5 * (weight * (u2.square() - inverse_22)).sum(), gradient);
}

}  // namespace praesepe::infer::models::field
