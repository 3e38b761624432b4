#include "tests/support/densities.hpp"

#include <array>
#include <cmath>

namespace praesepe::tests {

namespace {

/// Log density of v = ln s for s ~ half-Cauchy(0, scale), and its derivative.
std::array<double, 2> log_half_cauchy(double v, double scale) {
  const double squared = std::exp(2.0 * v) / (scale * scale);
  return {v - std::log1p(squared), 1.0 - 2.0 * squared / (1.0 + squared)};
}

}  // namespace

double DenseGaussian::log_density(const Vector& q, Vector& gradient) const {
  gradient.noalias() = -(precision_ * q);
  return 0.5 * q.dot(gradient);
}

Ar1Gaussian Ar1Gaussian::of_dimension_100() {
  return {Vector::LinSpaced(100, -1.0, 1.0).unaryExpr([](double exponent) { return std::pow(10.0, exponent); }), 0.9};
}

double Ar1Gaussian::log_density(const Vector& q, Vector& gradient) const {
  const double innovation_precision = 1.0 / (1.0 - rho_ * rho_);
  double z = q[0] / scales_[0];
  double log_density = -0.5 * z * z;
  gradient[0] = -z / scales_[0];
  for (Eigen::Index i = 1; i < q.size(); ++i) {
    const double next = q[i] / scales_[i];
    const double innovation = next - rho_ * z;
    log_density -= 0.5 * innovation_precision * innovation * innovation;
    gradient[i] = -innovation_precision * innovation / scales_[i];
    gradient[i - 1] += rho_ * innovation_precision * innovation / scales_[i - 1];
    z = next;
  }
  return log_density;
}

Matrix Ar1Gaussian::precision() const {
  const Eigen::Index n = scales_.size();
  Matrix standard = Matrix::Zero(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const bool inner = i > 0 && i + 1 < n;
    standard(i, i) = (1.0 + (inner ? rho_ * rho_ : 0.0)) / (1.0 - rho_ * rho_);
    if (i > 0) standard(i, i - 1) = standard(i - 1, i) = -rho_ / (1.0 - rho_ * rho_);
  }
  return scales_.cwiseInverse().asDiagonal() * standard * scales_.cwiseInverse().asDiagonal();
}

double EightSchools::log_density(const Vector& q, Vector& gradient) const {
  static constexpr std::array<double, 8> kEffect{28, 8, -3, 7, -1, 1, 18, 12};
  static constexpr std::array<double, 8> kError{15, 10, 16, 11, 9, 11, 10, 18};
  const double mu = q[8], tau = std::exp(q[9]);
  const auto [log_tau_density, tau_slope] = log_half_cauchy(q[9], 5.0);
  double log_density = log_tau_density - 0.5 * mu * mu / 25.0;
  double d_mu = -mu / 25.0, d_log_tau = tau_slope;
  for (Eigen::Index j = 0; j < 8; ++j) {
    const bool centred = form_ == Form::centred;
    const double z = centred ? (q[j] - mu) / tau : q[j];
    const double theta = centred ? q[j] : mu + tau * q[j];
    const auto school = static_cast<std::size_t>(j);
    const double residual = (kEffect[school] - theta) / kError[school];
    const double d_theta = residual / kError[school];
    log_density -= 0.5 * (z * z + residual * residual);
    if (centred) {
      log_density -= q[9];
      gradient[j] = d_theta - z / tau;
      d_mu += z / tau;
      d_log_tau += z * z - 1.0;
    } else {
      gradient[j] = tau * d_theta - z;
      d_mu += d_theta;
      d_log_tau += tau * z * d_theta;
    }
  }
  gradient[8] = d_mu;
  gradient[9] = d_log_tau;
  return log_density;
}

LinearRegression::LinearRegression(Matrix design, Vector response, Vector prior_sd)
    : design_(std::move(design)),
      response_(std::move(response)),
      prior_precision_(prior_sd.array().square().inverse()),
      residual_(response_.size()) {}

double LinearRegression::log_density(const Vector& q, Vector& gradient) const {
  const Eigen::Index k = design_.cols();
  const auto beta = q.head(k);
  const double precision = std::exp(-2.0 * q[k]);
  const auto [log_sigma_density, sigma_slope] = log_half_cauchy(q[k], 2.5);
  residual_ = response_;
  residual_.noalias() -= design_ * beta;
  const double chi_squared = precision * residual_.squaredNorm();
  const double n = static_cast<double>(response_.size());
  gradient.head(k) = -prior_precision_.cwiseProduct(beta);
  gradient.head(k).noalias() += precision * (design_.transpose() * residual_);
  gradient[k] = sigma_slope - n + chi_squared;
  return log_sigma_density - n * q[k] - 0.5 * chi_squared - 0.5 * beta.cwiseAbs2().dot(prior_precision_);
}

}  // namespace praesepe::tests
