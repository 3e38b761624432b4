#include "infer/models/line/line_components.hpp"

#include <cmath>
#include <numbers>

namespace praesepe::infer::models::line {

namespace {

const double kHalfLogTwoPi = 0.5 * std::log(2.0 * std::numbers::pi);

}  // namespace

OnLine::OnLine(const Points& points, Eigen::Index slope, Eigen::Index intercept)
    : x_(points.x),
      y_(points.y),
      precision_(points.y_err.square().inverse()),
      constant_(-points.y_err.log() - kHalfLogTwoPi),
      slope_(slope),
      intercept_(intercept) {}

void OnLine::log_marginal(const Vector& theta, Array& values) const {
  values = constant_ - 0.5 * precision_ * (y_ - theta[slope_] * x_ - theta[intercept_]).square();
}

void OnLine::pull_back(const Vector& theta, const Array& weight, Vector& gradient) const {
  const Array pull = weight * precision_ * (y_ - theta[slope_] * x_ - theta[intercept_]);
  gradient[slope_] += (pull * x_).sum();
  gradient[intercept_] += pull.sum();
}

Outlier::Outlier(const Points& points, Eigen::Index log_sd)
    : y2_(points.y.square()), variance_(points.y_err.square()), log_sd_(log_sd) {}

void Outlier::log_marginal(const Vector& theta, Array& values) const {
  const double s2 = std::exp(2.0 * theta[log_sd_]);
  values = -0.5 * (y2_ / (variance_ + s2) + (variance_ + s2).log()) - kHalfLogTwoPi;
}

void Outlier::pull_back(const Vector& theta, const Array& weight, Vector& gradient) const {
  // d/d ln s: (y^2 / (e^2 + s^2) - 1) s^2 / (e^2 + s^2)
  const double s2 = std::exp(2.0 * theta[log_sd_]);
  gradient[log_sd_] += (weight * (y2_ / (variance_ + s2) - 1.0) * s2 / (variance_ + s2)).sum();
}

}  // namespace praesepe::infer::models::line
