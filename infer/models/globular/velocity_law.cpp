#include "infer/models/globular/velocity_law.hpp"

#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <limits>

namespace praesepe::infer::models::globular {

namespace {

struct Series {
  std::vector<double> f, f_a;
};

/// Taylor coefficients of f and df/da in t = y / middle - 1; those below `tolerance` are cut off.
Series series_of_f(double a, double middle, double tolerance) {
  // J_n = int_0^1 s^(a+n-1) e^(-xs) ds and its derivative in a, x = middle.
  // At n = N by the series e^-x sum_k x^k / ((a+N) ... (a+N+k)), then down: J_n = (x J_(n+1) + e^-x) / (a+n).
  constexpr int kTop = 72;
  const double x = middle, e = std::exp(-x);
  std::vector<double> j(kTop + 1), j_a(kTop + 1);
  double term = e, term_log_a = 0.0, sum = 0.0, sum_a = 0.0;
  for (int k = 0; k < 200 && (k < 2 || term > 1e-18 * sum); ++k) {
    const double factor = a + kTop + k;
    term *= (k == 0 ? 1.0 : x) / factor;
    term_log_a -= 1.0 / factor;
    sum += term;
    sum_a += term * term_log_a;
  }
  j[kTop] = sum;
  j_a[kTop] = sum_a;
  for (std::size_t n = kTop; n-- > 0;) {
    const double denominator = a + static_cast<double>(n);
    j[n] = (x * j[n + 1] + e) / denominator;
    j_a[n] = (x * j_a[n + 1] - j[n]) / denominator;
  }
  // f = a sum_n (-x t)^n / n! J_n
  Series series;
  double scale = 1.0;
  for (std::size_t n = 0; n < kTop; ++n) {
    series.f.push_back(a * scale * j[n]);
    series.f_a.push_back(scale * (j[n] + a * j_a[n]));
    if (n > 4 && std::abs(series.f.back()) < tolerance && std::abs(series.f_a.back()) < tolerance) break;
    scale *= -x / (static_cast<double>(n) + 1.0);
  }
  return series;
}

}  // namespace

template <class Real>
VelocityLaw<Real>::VelocityLaw(double a, double largest)
    : order_(static_cast<Real>(a)),
      inverse_order_(static_cast<Real>(1.0 / a)),
      inverse_middle_(static_cast<Real>(2.0 / largest)),
      inverse_gamma_(static_cast<Real>(1.0 / std::tgamma(a + 1.0))),
      digamma_(static_cast<Real>(boost::math::digamma(a + 1.0))) {
  const Series series = series_of_f(a, 0.5 * largest, std::numeric_limits<Real>::epsilon() / 4.0);
  f_ = PolynomialPair<Real>(series.f, series.f_a);
}

template class VelocityLaw<float>;
template class VelocityLaw<double>;

}  // namespace praesepe::infer::models::globular
