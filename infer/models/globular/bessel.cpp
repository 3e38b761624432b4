#include "infer/models/globular/bessel.hpp"

#include <algorithm>
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <numbers>
#include <type_traits>

namespace praesepe::infer::models::globular {

namespace {

double scaled(int order, double x) { return std::exp(-x) * boost::math::cyl_bessel_i(order, x); }

/// Beyond here the asymptotic series in 1/x is exact to rounding, and exp(x) I is about to overflow.
constexpr double kAsymptotic = 40.0;
constexpr int kTerms = 25;

/// k-th factor of the asymptotic series of sqrt(2 pi x) exp(-x) I_order.
double factor(int order, int k, double x) {
  const double odd = 2.0 * k - 1.0;
  return -(4.0 * order * order - odd * odd) / (8.0 * k * x);
}

/// sqrt(x) exp(-x) I0(x)
double far_i0(double x) {
  if (x < kAsymptotic) return std::sqrt(x) * scaled(0, x);
  double term = 1.0, sum = 1.0;
  for (int k = 1; k < kTerms; ++k) sum += term *= factor(0, k, x);
  return sum / std::sqrt(2.0 * std::numbers::pi);
}

/// x (1 - I1/I0); in the series the leading terms of I0 and I1 cancel by hand.
double far_deficit(double x) {
  if (x < kAsymptotic) return x * (1.0 - scaled(1, x) / scaled(0, x));
  double term0 = 1.0, term1 = 1.0, difference = 0.0;
  for (int k = 1; k < kTerms; ++k) {
    term0 *= factor(0, k, x);
    term1 *= factor(1, k, x);
    difference += term0 - term1;
  }
  return x * difference / (far_i0(x) * std::sqrt(2.0 * std::numbers::pi));
}

template <class Real>
BesselTables<Real> make_tables() {
  constexpr bool single = std::is_same_v<Real, float>;
  constexpr int near_degree = single ? 15 : 33, far_degree = single ? 7 : 19;
  const auto near_x = [](double t) { return 4.0 * (t + 1.0); };
  const auto far_x = [](double t) { return 16.0 / std::max(t + 1.0, 1e-12); };
  return {{fit_polynomial([&](double t) { return scaled(0, near_x(t)); }, near_degree),
           fit_polynomial([&](double t) { return scaled(1, near_x(t)); }, near_degree)},
          {fit_polynomial([&](double t) { return far_i0(far_x(t)); }, far_degree),
           fit_polynomial([&](double t) { return far_deficit(far_x(t)); }, far_degree)}};
}

}  // namespace

template <class Real>
const BesselTables<Real>& BesselTables<Real>::instance() {
  static const BesselTables tables = make_tables<Real>();
  return tables;
}

template struct BesselTables<float>;
template struct BesselTables<double>;

}  // namespace praesepe::infer::models::globular
