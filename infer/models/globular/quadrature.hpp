// Quadrature rules of the collapsed globular likelihood.
#pragma once

#include <vector>

namespace praesepe::infer::models::globular {

/// Gauss-Legendre nodes and weights on (0, 1); exact for polynomials of degree 2 n - 1.
struct GaussLegendre {
  explicit GaussLegendre(int n);
  std::vector<double> node, weight;  ///< (n) ascending
};

/// Gauss-Hermite nodes and weights of the standard normal distribution; exact for polynomials of degree 2 n - 1.
struct GaussHermite {
  explicit GaussHermite(int n);
  std::vector<double> node, weight;  ///< (n) ascending; weights sum to 1
};

/// Lines of sight are integrated in t, z = a sinh t with a^2 = R_p^2 + kCoreShare r0^2: dense where the cluster is.
inline constexpr double kCoreShare = 0.5;

/// How finely each star's likelihood is integrated. Errors per star, in nine regimes, by
/// tests/infer/models/globular/collapsed_accuracy_test.cpp against brute force.
struct QuadratureRule {
  int line_of_sight = 17;  ///< nodes along a short line of sight; a long one has up to 20 more
  int speed = 13;          ///< nodes of the proper-motion convolution where it meets the escape speed
  double reach = 4.25;     ///< half-width of that convolution, standard deviations
  double bound = 3.5;      ///< a line ends where a star would be bound only if so many deviations slower than seen
  bool single_precision = true;  ///< inside a star; the structure solution and sums over stars are double
  int radial_velocity = 14;      ///< nodes of a measured radial velocity's noise
  double depth = 13.0;           ///< nodes whose terms are about exp(-depth) of the line's largest are left out
  double smearing = 1e-2;        ///< rms error of a star for an ellipse of noise, if the cluster has no dispersion

  /// For campaigns: rms error of a star whose noise is a circle <= 5e-5, largest <= 5e-4.
  static QuadratureRule standard() { return {}; }
  /// For checks: the same rms <= 1e-5, largest <= 1e-4.
  static QuadratureRule reference() { return {28, 24, 6.0, 5.5, false, 24, 24.0, 1e-5}; }
};

}  // namespace praesepe::infer::models::globular
