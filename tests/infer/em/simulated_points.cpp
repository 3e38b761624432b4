#include "simulated_points.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <numbers>

namespace praesepe::tests {

using namespace infer::em;
using sim::random::Stream;

namespace {

Vector correlated(const Matrix& covariance, Stream& stream) {
  return Eigen::LLT<Matrix>(covariance).matrixL() * normals(covariance.rows(), stream);
}

}  // namespace

Vector normals(Eigen::Index size, Stream& stream) {
  Vector z(size);
  for (double& value : z) value = stream.normal();
  return z;
}

Matrix random_covariance(Eigen::Index dimension, double scale, Stream& stream) {
  Matrix root = Matrix::Identity(dimension, dimension);
  for (Eigen::Index j = 0; j < dimension; ++j) root.col(j) += 0.4 * normals(dimension, stream);
  return scale * scale * root * root.transpose();
}

GaussianMixture random_mixture(Eigen::Index dimension, int components, double apart, Stream& stream) {
  GaussianMixture mixture;
  double total = 0.0;
  for (int k = 0; k < components; ++k) {
    const double weight = stream.uniform(0.5, 1.5);
    total += weight;
    const Vector mean = apart * normals(dimension, stream);
    mixture.components.push_back({weight, mean, random_covariance(dimension, stream.uniform(0.5, 1.5), stream)});
  }
  for (auto& component : mixture.components) component.weight /= total;
  return mixture;
}

Vector draw_from(const GaussianMixture& mixture, Stream& stream) {
  double left = stream.uniform();
  std::size_t k = 0;
  while (k + 1 < mixture.size() && left > mixture.components[k].weight) left -= mixture.components[k++].weight;
  return mixture.components[k].mean + correlated(mixture.components[k].covariance, stream);
}

NoisyPoints complete_points(const GaussianMixture& mixture, int count, double noise, Stream& stream) {
  NoisyPoints points(mixture.dimension());
  for (int i = 0; i < count; ++i) {
    const Matrix s = random_covariance(mixture.dimension(), noise, stream);
    points.add(draw_from(mixture, stream) + correlated(s, stream), s);
  }
  return points;
}

NoisyPoints mixed_points(const GaussianMixture& mixture, int count, double noise, Stream& stream) {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  const Eigen::Index d = mixture.dimension();
  NoisyPoints points(d);
  for (int i = 0; i < count; ++i) {
    const Vector x = draw_from(mixture, stream);
    const int kind = i % 6;
    if (kind == 2 || kind == 5) {
      Matrix r(2, d);
      for (Eigen::Index j = 0; j < d; ++j) r.col(j) = normals(2, stream);
      const Matrix s = random_covariance(2, noise, stream);
      Vector y = r * x + correlated(s, stream);
      if (kind == 5) y[i % 4 == 0 ? 0 : 1] = kMissing;
      points.add(y, s, r);
      continue;
    }
    Matrix s = random_covariance(d, noise, stream);
    Vector y = x + correlated(s, stream);
    if (kind == 1) y[i % d] = kMissing;
    if (kind == 3) y.setConstant(kMissing);
    if (kind == 4) {
      y = x;
      s.setZero();
    }
    points.add(y, s);
  }
  return points;
}

double log_normal(const NoisyPoint& point, const GaussianComponent& component) {
  const Matrix r = point.design(component.mean.size());
  if (r.rows() == 0) return 0.0;
  const Matrix t = r * component.covariance * r.transpose() + point.noise;
  const Vector residual = point.value - r * component.mean;
  return -0.5 * (residual.dot(t.inverse() * residual) + std::log(t.determinant()) +
                 static_cast<double>(r.rows()) * std::log(2.0 * std::numbers::pi));
}

Matrix shares(const NoisyPoints& points, const GaussianMixture& mixture) {
  Matrix q(static_cast<Eigen::Index>(points.size()), static_cast<Eigen::Index>(mixture.size()));
  for (Eigen::Index i = 0; i < q.rows(); ++i) {
    for (Eigen::Index k = 0; k < q.cols(); ++k) {
      const auto& component = mixture.components[static_cast<std::size_t>(k)];
      q(i, k) = std::log(component.weight) + log_normal(points[static_cast<std::size_t>(i)], component);
    }
    q.row(i).array() = (q.row(i).array() - q.row(i).maxCoeff()).exp();
    q.row(i) /= q.row(i).sum();
  }
  return q;
}

}  // namespace praesepe::tests
