#include "infer/models/field/field_distance.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <numbers>

namespace praesepe::infer::models::field {

namespace {

constexpr int kNodes = 40;
constexpr double kNearest = 1e-3, kFarthest = 500.0;  // kpc
constexpr double kReach = 9.0;                        // errors of the parallax on either side

/// Nodes and weights of Gauss-Legendre on [-1, 1].
struct Rule {
  Eigen::Array<double, kNodes, 1> x, w;
  Rule() {
    using Gauss = boost::math::quadrature::gauss<double, kNodes>;
    for (int i = 0; i < kNodes / 2; ++i) {
      const auto j = static_cast<std::size_t>(i);
      x[kNodes / 2 + i] = Gauss::abscissa()[j];
      x[kNodes / 2 - 1 - i] = -Gauss::abscissa()[j];
      w[kNodes / 2 + i] = w[kNodes / 2 - 1 - i] = Gauss::weights()[j];
    }
  }
};

}  // namespace

FieldDistance::FieldDistance(const Measured& parallax, double shared)
    : distance_(kNodes, parallax.value.size()), inverse_(distance_), log_weight_(distance_) {
  static const Rule rule;
  for (Eigen::Index n = 0; n < parallax.value.size(); ++n) {
    // Where (parallax - 1/r)^2 is less than kReach^2 errors above its least: that is 0, or at r = infinity if negative.
    const double measured = parallax.value[n], reach = kReach * std::sqrt(parallax.variance[n]) + shared;
    const double largest = measured > 0.0 ? measured + reach : measured + std::hypot(measured, reach);
    const double near = -std::log(std::clamp(largest, 1.0 / kFarthest, 1.0 / kNearest));
    const double far = -std::log(std::clamp(measured - reach, 1.0 / kFarthest, 1.0 / kNearest));
    const double half = 0.5 * std::max(far - near, 1e-6), middle = 0.5 * (near + far);
    distance_.col(n) = (middle + half * rule.x).exp();
    inverse_.col(n) = distance_.col(n).inverse();
    log_weight_.col(n) = (half * rule.w).log() + 3.0 * distance_.col(n).log();  // r^2 dr = r^3 d ln r
  }
}

void FieldDistance::evaluate(const Array& parallax, const Array& variance, double scale_length, Array& values) const {
  const Eigen::Index size = parallax.size();
  values.resize(size);
  d_parallax.resize(size);
  d_variance.resize(size);
  d_scale_length.resize(size);
  const double log_volume = std::log(2.0) + 3.0 * std::log(scale_length);
  Eigen::Array<double, kNodes, 1> term, residual;
  for (Eigen::Index n = 0; n < size; ++n) {
    if (std::isnan(parallax[n])) {
      values[n] = d_parallax[n] = d_variance[n] = d_scale_length[n] = 0.0;
      continue;
    }
    residual = parallax[n] - inverse_.col(n);
    term = log_weight_.col(n) - distance_.col(n) / scale_length - residual.square() / (2.0 * variance[n]);
    const double largest = term.maxCoeff();
    term = (term - largest).exp();
    const double sum = term.sum();
    values[n] = largest + std::log(sum) - log_volume - 0.5 * std::log(2.0 * std::numbers::pi * variance[n]);
    // Each derivative is a mean over the integrand.
    const double mean = (term * residual).sum() / sum, square = (term * residual.square()).sum() / sum;
    d_parallax[n] = -mean / variance[n];
    d_variance[n] = 0.5 * (square / variance[n] - 1.0) / variance[n];
    d_scale_length[n] = (term * distance_.col(n)).sum() / sum / (scale_length * scale_length) - 3.0 / scale_length;
  }
}

}  // namespace praesepe::infer::models::field
