#include "infer/models/globular/incomplete_gamma.hpp"

#include <boost/math/special_functions/digamma.hpp>
#include <cmath>

namespace praesepe::infer::models::globular {

IncompleteGammaSeries::IncompleteGammaSeries(double a, double largest, double tolerance)
    : order(a),
      middle(0.5 * largest),
      inverse_gamma(1.0 / std::tgamma(a + 1.0)),
      digamma(boost::math::digamma(a + 1.0)) {
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
  double scale = 1.0;
  for (std::size_t n = 0; n < kTop; ++n) {
    f.push_back(a * scale * j[n]);
    f_a.push_back(scale * (j[n] + a * j_a[n]));
    if (n > 4 && std::abs(f.back()) < tolerance && std::abs(f_a.back()) < tolerance) break;
    scale *= -x / (static_cast<double>(n) + 1.0);
  }
}

}  // namespace praesepe::infer::models::globular
