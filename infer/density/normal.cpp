#include "infer/density/normal.hpp"

#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <numbers>

namespace praesepe::infer::density {

namespace {

constexpr double kFar = 30.0;  // Phi(-30) = 5e-198 is still a normal number

/// Phi(-q) q / phi(q) for q >= kFar: 1 - 1/q^2 + 3/q^4 - ...
double mills_series(double q) {
  const double s = 1.0 / (q * q);
  return 1.0 - s * (1.0 - 3.0 * s * (1.0 - 5.0 * s));
}

}  // namespace

double phi(double q) { return std::exp(-0.5 * q * q) / std::sqrt(2.0 * std::numbers::pi); }

double Phi(double q) { return 0.5 * std::erfc(-q / std::numbers::sqrt2); }

double Phi_inverse(double p) {
  if (p <= 0.0) return -std::numeric_limits<double>::infinity();
  if (p >= 1.0) return std::numeric_limits<double>::infinity();
  return -std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * p);
}

double log_Phi(double q) {
  if (q > 0.0) return std::log1p(-Phi(-q));
  if (q > -kFar) return std::log(Phi(q));
  return -0.5 * q * q - 0.5 * std::log(2.0 * std::numbers::pi) + std::log(mills_series(-q) / -q);
}

double hazard(double q) { return q < kFar ? phi(q) / Phi(-q) : q / mills_series(q); }

}  // namespace praesepe::infer::density
