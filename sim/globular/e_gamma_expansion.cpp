#include "sim/globular/e_gamma_expansion.hpp"

#include <boost/math/special_functions/digamma.hpp>
#include <cmath>

namespace praesepe::sim::globular {

namespace {

/// sum_k c_k t^k, even and odd powers apart: half the latency of Horner's rule.
template <std::size_t N>
double polynomial(const std::array<double, N>& c, double t) {
  static_assert(N % 2 == 0);
  const double t2 = t * t;
  double even = c[N - 2];
  double odd = c[N - 1];
  for (std::size_t k = N - 2; k >= 2; k -= 2) {
    even = even * t2 + c[k - 2];
    odd = odd * t2 + c[k - 1];
  }
  return even + t * odd;
}

}  // namespace

void EGammaExpansion::prepare(double a, double x_max) {
  a_ = a;
  inverse_gamma_ = 1.0 / std::tgamma(a);
  const double digamma_a = boost::math::digamma(a);
  expansions_.resize(static_cast<std::size_t>(x_max + 0.5) + 1);

  // About x = 0: the defining series, and its derivative term by term.
  Expansion& origin = expansions_.front();
  double term = inverse_gamma_ / a;
  double digamma = digamma_a + 1.0 / a;
  for (std::size_t k = 0; k <= kDegree; ++k) {
    origin.h[k] = term;
    origin.d_a_h[k] = -digamma * term;
    const double next = a + static_cast<double>(k + 1);
    term /= next;
    digamma += 1.0 / next;
  }

  // About x = j: value by the series, then Taylor coefficients by the differential equations
  //   x h' = (x - a) h + 1/Gamma(a),      x h_a' = (x - a) h_a - h - digamma(a)/Gamma(a).
  for (std::size_t j = 1; j < expansions_.size(); ++j) {
    const double x = static_cast<double>(j);
    const double scale = std::pow(x, -a);
    const EGamma e = e_gamma(a, x);
    auto& [h, d_a_h] = expansions_[j];
    h[0] = scale * e.value;
    d_a_h[0] = scale * (e.d_a - std::log(x) * e.value);
    double source = inverse_gamma_;
    double source_a = -digamma_a * inverse_gamma_ - h[0];
    for (std::size_t n = 0; n < kDegree; ++n) {
      const double m = static_cast<double>(n);
      const double factor = 1.0 / (x * (m + 1.0));
      h[n + 1] = ((x - a - m) * h[n] + source) * factor;
      d_a_h[n + 1] = ((x - a - m) * d_a_h[n] + source_a) * factor;
      source = h[n];
      source_a = d_a_h[n] - h[n + 1];
    }
  }
}

EGamma EGammaExpansion::operator()(double x) const {
  if (!(x > 0.0)) return {};
  const auto j = static_cast<std::size_t>(x + 0.5);
  const Expansion& expansion = expansions_[j];
  const double t = x - static_cast<double>(j);
  const double h = polynomial(expansion.h, t);
  const double d_a_h = polynomial(expansion.d_a_h, t);
  const double log_x = std::log(x);
  const double power = std::exp(a_ * log_x);
  const double value = power * h;
  return {value, value + power / x * inverse_gamma_, value * log_x + power * d_a_h};
}

}  // namespace praesepe::sim::globular
