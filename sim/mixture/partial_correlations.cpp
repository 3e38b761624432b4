#include "sim/mixture/partial_correlations.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace praesepe::sim::mixture {

namespace {

/// (1 - z^2)^(1/2), which keeps its digits near |z| = 1.
double complement(double z) { return std::sqrt(std::max(0.0, (1.0 - z) * (1.0 + z))); }

}  // namespace

SmallMatrix correlation_factor(const SmallMatrix& z) {
  SmallMatrix factor = SmallMatrix::Zero(z.rows(), z.rows());
  for (Eigen::Index i = 0; i < z.rows(); ++i) {
    double s = 1.0;
    for (Eigen::Index j = 0; j < i; ++j) {
      factor(i, j) = z(i, j) * s;
      s *= complement(z(i, j));
    }
    factor(i, i) = s;
  }
  return factor;
}

SmallMatrix partial_correlations(const SmallMatrix& factor) {
  SmallMatrix z = SmallMatrix::Zero(factor.rows(), factor.rows());
  for (Eigen::Index i = 0; i < z.rows(); ++i) {
    double s = 1.0;
    for (Eigen::Index j = 0; j < i && s > 0.0; ++j) {
      z(i, j) = std::clamp(factor(i, j) / s, -1.0, 1.0);
      s *= complement(z(i, j));
    }
  }
  return z;
}

SmallMatrix correlation_factor_pull_back(const SmallMatrix& z, const SmallMatrix& factor_adjoint) {
  const Eigen::Index n = z.rows();
  SmallMatrix adjoint = SmallMatrix::Zero(n, n);
  std::array<double, 8> s{};
  for (Eigen::Index i = 0; i < n; ++i) {
    s[0] = 1.0;
    for (std::size_t j = 0; j + 1 < static_cast<std::size_t>(i); ++j) {
      s[j + 1] = s[j] * complement(z(i, static_cast<Eigen::Index>(j)));
    }
    double s_adjoint = factor_adjoint(i, i);
    for (Eigen::Index j = i; j-- > 0;) {
      const double c = complement(z(i, j));
      adjoint(i, j) = s[static_cast<std::size_t>(j)] * (factor_adjoint(i, j) - s_adjoint * z(i, j) / c);
      s_adjoint = factor_adjoint(i, j) * z(i, j) + s_adjoint * c;
    }
  }
  return adjoint;
}

double lkj_shape(double eta, Eigen::Index n, Eigen::Index j) { return eta + 0.5 * static_cast<double>(n - 2 - j); }

}  // namespace praesepe::sim::mixture
