#include "infer/models/line/line_likelihood.hpp"

#include <cmath>
#include <numbers>

#include "infer/models/line/line_study.hpp"

namespace praesepe::infer::models::line {

LineLikelihood::LineLikelihood(Eigen::ArrayXd x, Eigen::ArrayXd y, Eigen::ArrayXd y_err)
    : x_(std::move(x)), y_(std::move(y)), variance_(y_err.square()) {}

double LineLikelihood::log_likelihood(const density::Vector& theta, density::Vector& gradient) const {
  static const double half_log_two_pi = 0.5 * std::log(2.0 * std::numbers::pi);
  const double slope = theta[kSlope], intercept = theta[kIntercept], w0 = theta[kLineFraction];
  const double outlier_variance = std::exp(2.0 * theta[kLogOutlierSd]);
  const double log_w0 = std::log(w0), log_w1 = std::log1p(-w0);
  double sum = 0.0;
  gradient.setZero();
  for (Eigen::Index n = 0; n < x_.size(); ++n) {
    const double residual = y_[n] - slope * x_[n] - intercept;
    const double wide = variance_[n] + outlier_variance;
    const double on_line = log_w0 - 0.5 * (residual * residual / variance_[n] + std::log(variance_[n]));
    const double outlier = log_w1 - 0.5 * (y_[n] * y_[n] / wide + std::log(wide));
    // log(e^a + e^b), and the probability that the point is on the line
    const double larger = std::max(on_line, outlier);
    const double total = larger + std::log1p(std::exp(-std::abs(on_line - outlier)));
    const double member = std::exp(on_line - total);
    sum += total;
    gradient[kSlope] += member * residual / variance_[n] * x_[n];
    gradient[kIntercept] += member * residual / variance_[n];
    gradient[kLogOutlierSd] += (1.0 - member) * (y_[n] * y_[n] / wide - 1.0) * outlier_variance / wide;
    gradient[kLineFraction] += member / w0 - (1.0 - member) / (1.0 - w0);
  }
  return sum - static_cast<double>(x_.size()) * half_log_two_pi;
}

}  // namespace praesepe::infer::models::line
