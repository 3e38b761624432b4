#include "sim/globular/e_gamma.hpp"

#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <limits>

namespace praesepe::sim::globular {

namespace {

/// E(a, x) = x^a H(a, x) / Gamma(a+1) with the entire function H = sum_k x^k / ((a+1) ... (a+k)).
struct Reduced {
  double h = 1.0;            ///< H
  double minus_d_a_h = 0.0;  ///< -dH/da: its terms too are positive
};

Reduced reduced_series(double a, double x) {
  Reduced sum;
  double term = 1.0;
  double harmonic = 0.0;  // digamma(a+k+1) - digamma(a+1)
  for (int k = 1; term > 1e-18 * sum.h || k < x; ++k) {
    term *= x / (a + k);
    harmonic += 1.0 / (a + k);
    sum.h += term;
    sum.minus_d_a_h += harmonic * term;
  }
  return sum;
}

EGamma limit_at_zero(double a) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (a == 0.0) return {1.0, 1.0, -kInfinity};
  return {0.0, a < 1.0 ? kInfinity : (a == 1.0 ? 1.0 : 0.0), 0.0};
}

}  // namespace

EGamma e_gamma(double a, double x) {
  if (x == 0.0) return limit_at_zero(a);
  const Reduced series = reduced_series(a, x);
  const double power = std::pow(x, a) / std::tgamma(a + 1.0);
  const double log_slope = std::log(x) - boost::math::digamma(a + 1.0);
  const double value = power * series.h;
  // x^(a-1)/Gamma(a) = a x^(a-1)/Gamma(a+1), which also holds at a = 0.
  return {value, value + a * power / x, power * (log_slope * series.h - series.minus_d_a_h)};
}

EGamma log_e_gamma(double a, double x) {
  const Reduced series = reduced_series(a, x);
  const double log_x = std::log(x);
  return {a * log_x - std::lgamma(a + 1.0) + std::log(series.h), 1.0 + a / (x * series.h),
          log_x - boost::math::digamma(a + 1.0) - series.minus_d_a_h / series.h};
}

}  // namespace praesepe::sim::globular
