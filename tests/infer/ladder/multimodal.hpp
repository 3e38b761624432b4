// Targets with known modes and evidences.
#pragma once

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "tests/support/densities.hpp"

namespace praesepe::tests {

/// sum_k weight_k N(mean_k, sd_k^2 I); evidence of mode k is weight_k.
struct NormalMixture final : infer::density::LogDensity {
  struct Component {
    double weight;
    Vector mean;
    double sd;
  };
  std::vector<Component> components;

  explicit NormalMixture(std::vector<Component> list) : components(std::move(list)) {}
  Eigen::Index dimension() const override { return components.front().mean.size(); }
  double log_density(const Vector& q, Vector& gradient) const override {
    std::vector<double> terms;
    double largest = -std::numeric_limits<double>::infinity();
    for (const auto& c : components) {
      const auto d = static_cast<double>(dimension());
      terms.push_back(std::log(c.weight) - d * std::log(c.sd) - 0.5 * d * std::log(2.0 * std::numbers::pi) -
                      0.5 * (q - c.mean).squaredNorm() / (c.sd * c.sd));
      largest = std::max(largest, terms.back());
    }
    double sum = 0.0;
    gradient.setZero();
    for (std::size_t k = 0; k < components.size(); ++k) {
      const double part = std::exp(terms[k] - largest);
      sum += part;
      gradient -= part / (components[k].sd * components[k].sd) * (q - components[k].mean);
    }
    gradient /= sum;
    return largest + std::log(sum);
  }

  /// Weights and widths 0.7, 0.3 wide and narrow, this many wide standard deviations apart in each of the first two
  /// axes.
  static NormalMixture pair(Eigen::Index dimension, double weight = 0.7, double narrow = 0.4, double distance = 6.0) {
    Vector second = Vector::Zero(dimension);
    second.head(2).setConstant(distance);
    return NormalMixture({{weight, Vector::Zero(dimension), 1.0}, {1.0 - weight, second, narrow}});
  }
};

/// x ~ N(0, 2^2), y | x ~ N(sin(3 x)/3, 0.5^2), z ~ N(0, 1): one mode, but a ridge that winds.
inline FunctionDensity wave() {
  return FunctionDensity(3, [](const Vector& q, Vector& gradient) {
    const double off = q[1] - std::sin(3.0 * q[0]) / 3.0;
    gradient << -q[0] / 4.0 + 4.0 * off * std::cos(3.0 * q[0]), -4.0 * off, -q[2];
    return -q[0] * q[0] / 8.0 - 2.0 * off * off - 0.5 * q[2] * q[2];
  });
}

/// x ~ N(0, 1), y | x ~ N(x^2, 0.3): evidence 1, mode at the origin, Laplace exact there.
inline FunctionDensity banana() {
  return FunctionDensity(2, [](const Vector& q, Vector& gradient) {
    const double r = (q[1] - q[0] * q[0]) / 0.09;
    gradient[0] = -q[0] + 2.0 * q[0] * r;
    gradient[1] = -r;
    return -0.5 * q[0] * q[0] - 0.5 * 0.09 * r * r - std::log(2.0 * std::numbers::pi * 0.3);
  });
}

}  // namespace praesepe::tests
