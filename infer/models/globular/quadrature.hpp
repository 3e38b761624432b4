// Quadrature rules of the collapsed globular likelihood.
#pragma once

#include <vector>

namespace praesepe::infer::models::globular {

/// Gauss-Legendre nodes and weights on (0, 1); exact for polynomials of degree 2 n - 1.
struct GaussLegendre {
  explicit GaussLegendre(int n);
  std::vector<double> node, weight;  ///< (n) ascending
};

/// How finely each star's likelihood is integrated. Errors per star, in eight regimes, by
/// tests/infer/models/globular/collapsed_accuracy_test.cpp against brute force.
struct QuadratureRule {
  int line_of_sight = 28;        ///< nodes along the line of sight
  int speed = 16;                ///< nodes of the proper-motion convolution where it meets the escape speed
  double reach = 5.0;            ///< half-width of that convolution, standard deviations
  bool single_precision = true;  ///< inside a star; the structure solution and sums over stars are double
  int radial_velocity = 14;      ///< nodes of a measured radial velocity's noise

  /// For campaigns: rms error of a star <= 5e-5, largest <= 5e-4.
  static QuadratureRule standard() { return {}; }
  /// For checks: rms <= 1e-5, largest <= 1e-4.
  static QuadratureRule reference() { return {34, 24, 6.0, false}; }
};

}  // namespace praesepe::infer::models::globular
