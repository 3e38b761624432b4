#include "infer/em/maximisation.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <limits>

namespace praesepe::infer::em {

namespace {

/// Free weights in proportion to `share` (K), with the sum that fixed ones leave.
void set_weights(GaussianMixture& mixture, const std::vector<double>& share, const std::vector<Fixed>& fixed) {
  double left = 1.0, total = 0.0;
  for (std::size_t k = 0; k < mixture.size(); ++k) {
    if (fixed[k].weight)
      left -= mixture.components[k].weight;
    else
      total += share[k];
  }
  if (!(total > 0.0)) return;
  for (std::size_t k = 0; k < mixture.size(); ++k)
    if (!fixed[k].weight) mixture.components[k].weight = std::max(left, 0.0) * share[k] / total;
}

/// V is a difference of terms of the size of `before`: what rounding takes from its smallest eigenvalue is given back.
Matrix made_positive(Matrix covariance, const Matrix& before) {
  const double rounding = 4.0 * std::numeric_limits<double>::epsilon() * before.diagonal().maxCoeff();
  for (double lift = rounding; Eigen::LLT<Matrix>(covariance).info() != Eigen::Success && lift > 0.0 && lift < 1e300;
       lift *= 4.0)
    covariance.diagonal().array() += lift;
  return covariance;
}

std::vector<Fixed> all_fixed(const FitOptions& options, std::size_t size) {
  std::vector<Fixed> fixed;
  for (std::size_t k = 0; k < size; ++k) fixed.push_back(fixed_of(options, k));
  return fixed;
}

}  // namespace

Fixed fixed_of(const FitOptions& options, std::size_t k) { return options.fixed.empty() ? Fixed{} : options.fixed[k]; }

GaussianMixture maximise(const GaussianMixture& mixture, const std::vector<ComponentSums>& sums,
                         const FitOptions& options) {
  constexpr double kNothing = 1e-12;
  GaussianMixture next = mixture;
  std::vector<double> share;
  for (const auto& sum : sums) share.push_back(sum.count < kNothing ? 0.0 : sum.count);
  set_weights(next, share, all_fixed(options, mixture.size()));
  for (std::size_t k = 0; k < mixture.size(); ++k) {
    const double q = share[k];
    if (q == 0.0) continue;
    const Fixed fixed = fixed_of(options, k);
    const Matrix& v = mixture.components[k].covariance;
    Vector step = Vector::Zero(v.rows());
    if (!fixed.mean) {
      step = v * sums[k].first / q;
      next.components[k].mean += step;
    }
    if (fixed.covariance) continue;
    // Divided by q first: q may be tiny.
    Matrix scatter = v + v * (sums[k].second / q) * v - step * step.transpose();
    if (options.regularisation > 0.0) {
      scatter *= q / (q + 1.0);
      scatter.diagonal().array() += options.regularisation / (q + 1.0);
    }
    next.components[k].covariance = made_positive(0.5 * (scatter + scatter.transpose()), v);
  }
  return next;
}

double penalty(const GaussianMixture& mixture, const FitOptions& options) {
  if (options.regularisation == 0.0) return 0.0;
  double sum = 0.0;
  for (std::size_t k = 0; k < mixture.size(); ++k) {
    if (fixed_of(options, k).covariance) continue;
    const Matrix& v = mixture.components[k].covariance;
    const Eigen::LLT<Matrix> factor(v);
    const Matrix inverse = factor.solve(Matrix::Identity(v.rows(), v.cols()));
    sum -= Matrix(factor.matrixL()).diagonal().array().log().sum() + 0.5 * options.regularisation * inverse.trace();
  }
  return sum;
}

FreeCoordinates::FreeCoordinates(const GaussianMixture& reference, const FitOptions& options)
    : fixed_(all_fixed(options, reference.size())), scale_(Vector::Zero(reference.dimension())) {
  for (const auto& component : reference.components) scale_ += component.weight * component.covariance.diagonal();
  scale_ = scale_.cwiseSqrt();
}

Vector FreeCoordinates::of(const GaussianMixture& mixture) const {
  std::vector<double> coordinates;
  const Eigen::Index d = mixture.dimension();
  for (std::size_t k = 0; k < mixture.size(); ++k) {
    const auto& component = mixture.components[k];
    if (!fixed_[k].weight) coordinates.push_back(component.weight > 0.0 ? std::log(component.weight) : 0.0);
    if (!fixed_[k].mean)
      for (Eigen::Index j = 0; j < d; ++j) coordinates.push_back(component.mean[j] / scale_[j]);
    if (fixed_[k].covariance) continue;
    const Matrix factor = Eigen::LLT<Matrix>(component.covariance).matrixL();
    for (Eigen::Index j = 0; j < d; ++j) {
      for (Eigen::Index l = 0; l < j; ++l) coordinates.push_back(factor(j, l) / scale_[j]);
      coordinates.push_back(std::log(factor(j, j) / scale_[j]));
    }
  }
  return Eigen::Map<const Vector>(coordinates.data(), static_cast<Eigen::Index>(coordinates.size()));
}

GaussianMixture FreeCoordinates::mixture(const Vector& coordinates, const GaussianMixture& like) const {
  GaussianMixture result = like;
  std::vector<double> share(like.size(), 0.0);
  const Eigen::Index d = like.dimension();
  const double* next = coordinates.data();
  for (std::size_t k = 0; k < like.size(); ++k) {
    auto& component = result.components[k];
    if (!fixed_[k].weight) share[k] = std::exp(*next++);
    if (component.weight == 0.0) share[k] = 0.0;
    if (!fixed_[k].mean)
      for (Eigen::Index j = 0; j < d; ++j) component.mean[j] = *next++ * scale_[j];
    if (fixed_[k].covariance) continue;
    Matrix factor = Matrix::Zero(d, d);
    for (Eigen::Index j = 0; j < d; ++j) {
      for (Eigen::Index l = 0; l < j; ++l) factor(j, l) = *next++ * scale_[j];
      factor(j, j) = std::exp(*next++) * scale_[j];
    }
    component.covariance = factor * factor.transpose();
  }
  set_weights(result, share, fixed_);
  return result;
}

}  // namespace praesepe::infer::em
