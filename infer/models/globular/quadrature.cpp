#include "infer/models/globular/quadrature.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <numbers>

namespace praesepe::infer::models::globular {

GaussLegendre::GaussLegendre(int n) : node(static_cast<std::size_t>(n)), weight(static_cast<std::size_t>(n)) {
  for (int i = 0; i < n; ++i) {
    // Newton on P_n from Tricomi's estimate of its i-th root; P_n and P_n' by the three-term recurrence.
    double x = -std::cos(std::numbers::pi * (i + 0.75) / (n + 0.5)), slope = 1.0;
    for (int iteration = 0; iteration < 8; ++iteration) {
      double p = 1.0, previous = 0.0;
      for (int k = 1; k <= n; ++k) {
        const double next = ((2.0 * k - 1.0) * x * p - (k - 1.0) * previous) / k;
        previous = p;
        p = next;
      }
      slope = n * (x * p - previous) / (x * x - 1.0);
      x -= p / slope;
    }
    node[static_cast<std::size_t>(i)] = 0.5 * (1.0 + x);
    weight[static_cast<std::size_t>(i)] = 1.0 / ((1.0 - x * x) * slope * slope);
  }
}

/// By Golub & Welsch: nodes are eigenvalues of the recurrence's tridiagonal matrix, of which He_n has sqrt(k).
GaussHermite::GaussHermite(int n) : node(static_cast<std::size_t>(n)), weight(static_cast<std::size_t>(n)) {
  const Eigen::VectorXd beside = Eigen::ArrayXd::LinSpaced(n - 1, 1.0, n - 1.0).sqrt();
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> recurrence;
  recurrence.computeFromTridiagonal(Eigen::VectorXd::Zero(n), beside);
  for (Eigen::Index i = 0; i < n; ++i) {
    node[static_cast<std::size_t>(i)] = recurrence.eigenvalues()[i];
    weight[static_cast<std::size_t>(i)] = std::pow(recurrence.eigenvectors()(0, i), 2);
  }
}

}  // namespace praesepe::infer::models::globular
