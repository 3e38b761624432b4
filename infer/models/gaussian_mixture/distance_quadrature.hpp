// Integrals over a star's distance: the trapezoidal rule in t = log r, laid on the peak of the integrand.
//
//   m = integral f(e^t) dt,   f(r) = r p(y, n, r) ~ h sum_j f(e^(t0 + j h))
//
// For smooth integrands that vanish at both ends this rule converges exponentially: a Gaussian peak of standard
// deviation w needs no more than h = w for 1e-8. Here h is a fixed fraction of the width at the peak, and nodes go
// outwards from it until f is exp(-range) of it, so that a precise parallax costs as few nodes as a vague one. Peaks
// are looked for from each distance that a single measurement, or the prior, points to; if two of them matter, the
// nodes span both at the narrower's step. r = 0 is at t = -infinity and needs no care.
//
// Accuracy with the standard rule: 1e-5 in log m (tests/infer/models/gaussian_mixture/distance_quadrature_test.cpp).
#pragma once

#include "infer/models/gaussian_mixture/distance_integrand.hpp"

namespace praesepe::infer::models::gaussian_mixture {

struct QuadratureRule {
  double step = 0.6;    ///< of the width of the peak
  double range = 16.0;  ///< how far log f falls below its maximum before it is left out

  static QuadratureRule standard() { return {}; }
};

/// Nodes t = centre + j step, first <= j <= last.
struct DistanceNodes {
  double centre;
  double step;
  int first, last;
};

/// Log of the integral over distance, before truncation's norm, and the sums of its moments.
struct DistanceIntegral {
  double log_value;
  DistanceIntegrand::Sums sums;
};

DistanceIntegral integrate(const DistanceIntegrand& integrand, const QuadratureRule& rule);

/// The same nodes, for those who want the density of distances itself.
DistanceNodes distance_nodes(const DistanceIntegrand& integrand, const QuadratureRule& rule);

}  // namespace praesepe::infer::models::gaussian_mixture
