#include "infer/em/starting_mixture.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <cmath>

#include "infer/em/split_and_merge.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::em {

namespace {

/// What one Gaussian says of each point.
struct FreedPoints {
  Matrix covariance;                // of the Gaussian (D, D)
  Matrix mean;                      // b, (D, N)
  std::vector<Matrix> covariances;  // B, (D, D) each
};

/// Least-squares mean, and mean squared residuals along each dimension, noise included.
GaussianComponent rough_gaussian(const NoisyPoints& points) {
  const Eigen::Index d = points.dimension();
  Matrix normal = Matrix::Zero(d, d);
  Vector right = Vector::Zero(d);
  for (const NoisyPoint& point : points) {
    const Matrix r = point.design(d);
    normal += r.transpose() * r;
    right += r.transpose() * point.value;
  }
  const Vector mean = Eigen::ColPivHouseholderQR<Matrix>(normal).solve(right);
  Vector squares = Vector::Zero(d), weights = Vector::Zero(d);
  for (const NoisyPoint& point : points) {
    const Matrix r = point.design(d);
    squares += r.cwiseAbs2().transpose() * (point.value - r * mean).cwiseAbs2();
    weights += r.cwiseAbs2().colwise().sum().transpose();
  }
  Vector variance(d);
  for (Eigen::Index j = 0; j < d; ++j) {
    // A dimension without spread, or never measured, still needs a width.
    const bool has_spread = weights[j] > 0.0 && squares[j] > 1e-20 * weights[j] * mean[j] * mean[j];
    variance[j] = has_spread ? squares[j] / weights[j] : std::max(1e-12 * mean[j] * mean[j], 1e-12);
    if (weights[j] == 0.0) variance[j] = 1.0;
  }
  return {1.0, mean, variance.asDiagonal()};
}

GaussianComponent one_gaussian(const NoisyPoints& points) {
  const GaussianComponent rough = rough_gaussian(points);
  GaussianComponent gaussian = fit(points, {{rough}}, {.tolerance = 1e-4, .max_iterations = 30}).mixture.components[0];
  gaussian.covariance += 1e-6 * rough.covariance;  // a width that noise explains is 0, which is no place to start
  return gaussian;
}

FreedPoints freed(const NoisyPoints& points) {
  const Eigen::Index d = points.dimension();
  const GaussianComponent gaussian = one_gaussian(points);
  const Matrix& v = gaussian.covariance;
  FreedPoints result{v, Matrix(d, static_cast<Eigen::Index>(points.size())), {}};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Matrix r = points[i].design(d);
    const Eigen::LDLT<Matrix> factor(r * v * r.transpose() + points[i].noise);
    const Matrix gain = factor.solve(r * v).transpose();
    // b = m + V R' T^-1 (y - R m),   B = V - V R' T^-1 R V
    result.mean.col(static_cast<Eigen::Index>(i)) = gaussian.mean + gain * (points[i].value - r * gaussian.mean);
    result.covariances.push_back(v - gain * r * v);
  }
  return result;
}

Eigen::Index nearest(const Matrix& centres, const Vector& z) {
  Eigen::Index k = 0;
  (centres.colwise() - z).colwise().squaredNorm().minCoeff(&k);
  return k;
}

/// K columns of z, by k-means++.
std::vector<Eigen::Index> drawn_seeds(const Matrix& z, std::size_t components, sim::random::Stream& stream) {
  std::vector<Eigen::Index> seeds;
  Vector distance = Vector::Ones(z.cols());  // the first: any point
  while (seeds.size() < components) {
    double left = stream.uniform() * distance.sum();
    Eigen::Index i = 0;
    while (i + 1 < z.cols() && left > distance[i]) left -= distance[i++];
    const Vector to_new = (z.colwise() - z.col(i)).colwise().squaredNorm();
    distance = seeds.empty() ? to_new : distance.cwiseMin(to_new);
    seeds.push_back(i);
  }
  return seeds;
}

std::vector<Eigen::Index> clusters(const Matrix& z, Matrix centres) {
  constexpr int kRounds = 5;
  std::vector<Eigen::Index> cluster(static_cast<std::size_t>(z.cols()));
  for (int round = 0; round < kRounds; ++round) {
    Matrix sum = Matrix::Zero(z.rows(), centres.cols());
    Vector count = Vector::Zero(centres.cols());
    for (Eigen::Index i = 0; i < z.cols(); ++i) {
      const Eigen::Index k = nearest(centres, z.col(i));
      cluster[static_cast<std::size_t>(i)] = k;
      sum.col(k) += z.col(i);
      count[k] += 1.0;
    }
    for (Eigen::Index k = 0; k < centres.cols(); ++k)
      if (count[k] > 0.0) centres.col(k) = sum.col(k) / count[k];
  }
  return cluster;
}

}  // namespace

GaussianMixture starting_mixture(const NoisyPoints& points, std::size_t components, sim::random::Stream& stream) {
  if (components < 1) throw InputError("a mixture needs a component");
  if (points.size() == 0) throw InputError("a starting mixture needs points");
  constexpr double kNarrowest = 0.05;  // of the width of a component's points
  const FreedPoints x = freed(points);
  const Eigen::Index d = points.dimension(), size = static_cast<Eigen::Index>(components);
  const Matrix z = Eigen::LLT<Matrix>(x.covariance).matrixL().solve(x.mean);
  const auto seeds = drawn_seeds(z, components, stream);
  const auto cluster = clusters(z, z(Eigen::all, seeds));

  Vector count = Vector::Zero(size);
  Matrix mean = Matrix::Zero(d, size);
  for (std::size_t i = 0; i < points.size(); ++i) {
    count[cluster[i]] += 1.0;
    mean.col(cluster[i]) += x.mean.col(static_cast<Eigen::Index>(i));
  }
  // Shrunk as if D + 1 more points had the whole's covariance; an empty cluster lies at the whole's mean.
  const double prior = static_cast<double>(d + 1);
  const Vector centre = x.mean.rowwise().mean();
  GaussianMixture mixture;
  for (Eigen::Index k = 0; k < size; ++k) {
    const Vector at = count[k] > 0.0 ? Vector(mean.col(k) / count[k]) : centre;
    mixture.components.push_back(
        {(count[k] + 1.0) / (count.sum() + static_cast<double>(size)), at, prior * x.covariance});
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    auto& component = mixture.components[static_cast<std::size_t>(cluster[i])];
    const Vector off = x.mean.col(static_cast<Eigen::Index>(i)) - component.mean;
    component.covariance += off * off.transpose() + x.covariances[i];
  }
  for (std::size_t k = 0; k < components; ++k) {
    auto& [weight, mean_k, covariance] = mixture.components[k];
    const double contraction = std::exp(stream.uniform(std::log(kNarrowest), 0.0));
    const Vector seed = x.mean.col(seeds[k]);
    mean_k = seed + contraction * (mean_k - seed);
    covariance *= contraction * contraction / (count[static_cast<Eigen::Index>(k)] + prior);
    covariance = 0.5 * (covariance + covariance.transpose()).eval();
  }
  return mixture;
}

Fit best_fit(const NoisyPoints& points, std::size_t components, int starts, sim::random::Stream& stream,
             const FitOptions& options) {
  if (starts < 1) throw InputError(fmt::format("starts is {}, and should be 1 or more", starts));
  Fit best = fit(points, starting_mixture(points, components, stream), options);
  for (int start = 1; start < starts; ++start) {
    Fit other = fit(points, starting_mixture(points, components, stream), options);
    const bool best_fails = best.state == State::singular, other_fails = other.state == State::singular;
    if (best_fails != other_fails ? best_fails : other.objective() > best.objective()) best = std::move(other);
  }
  return best.state == State::singular ? best : split_and_merge(points, best, options);
}

}  // namespace praesepe::infer::em
