// Log densities with known answers, on which samplers are tested and measured.
#pragma once

#include <functional>

#include "infer/density/log_density.hpp"

namespace praesepe::tests {

using infer::density::Matrix;
using infer::density::Vector;

/// A density written in place: f(q, gradient) writes the gradient and returns the value.
class FunctionDensity final : public infer::density::LogDensity {
 public:
  using Function = std::function<double(const Vector& q, Vector& gradient)>;
  FunctionDensity(Eigen::Index dimension, Function function) : dimension_(dimension), function_(std::move(function)) {}

  Eigen::Index dimension() const override { return dimension_; }
  double log_density(const Vector& q, Vector& gradient) const override { return function_(q, gradient); }

 private:
  Eigen::Index dimension_;
  Function function_;
};

/// N(0, P^-1) from its precision matrix.
class DenseGaussian final : public infer::density::LogDensity {
 public:
  explicit DenseGaussian(Matrix precision) : precision_(std::move(precision)) {}

  Eigen::Index dimension() const override { return precision_.rows(); }
  double log_density(const Vector& q, Vector& gradient) const override;

 private:
  Matrix precision_;
};

/// A stationary first-order autoregression of standard normals z_i, seen through scales: x_i = s_i z_i.
/// sd x_i = s_i, correlation rho^|i-j|. O(D) a gradient.
class Ar1Gaussian final : public infer::density::LogDensity {
 public:
  Ar1Gaussian(Vector scales, double rho) : scales_(std::move(scales)), rho_(rho) {}
  /// D = 100, scales from 0.1 to 10, evenly in their logarithm, rho = 0.9.
  static Ar1Gaussian of_dimension_100();

  Eigen::Index dimension() const override { return scales_.size(); }
  double log_density(const Vector& q, Vector& gradient) const override;
  /// Its precision matrix.
  Matrix precision() const;

 private:
  Vector scales_;
  double rho_;
};

/// Effects of coaching in eight schools (Rubin 1981): y_j ~ N(theta_j, sigma_j), theta_j ~ N(mu, tau), mu ~ N(0, 5),
/// tau ~ half-Cauchy(0, 5). Coordinates: eight of z_j = (theta_j - mu) / tau (non-centred) or theta_j (centred, a
/// funnel), mu, ln tau.
class EightSchools final : public infer::density::LogDensity {
 public:
  enum class Form { centred, noncentred };
  explicit EightSchools(Form form) : form_(form) {}

  Eigen::Index dimension() const override { return 10; }
  double log_density(const Vector& q, Vector& gradient) const override;

 private:
  Form form_;
};

/// y ~ N(X beta, sigma), beta_k ~ N(0, prior_sd_k) (infinite: flat), sigma ~ half-Cauchy(0, 2.5).
/// Coordinates: beta, ln sigma.
class LinearRegression final : public infer::density::LogDensity {
 public:
  LinearRegression(Matrix design, Vector response, Vector prior_sd);

  Eigen::Index dimension() const override { return design_.cols() + 1; }
  double log_density(const Vector& q, Vector& gradient) const override;

 private:
  Matrix design_;  // (n, K)
  Vector response_, prior_precision_;
  mutable Vector residual_;
};

}  // namespace praesepe::tests
