#include "infer/density/beta.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "infer/density/normal.hpp"

namespace praesepe::infer::density {

namespace {

using namespace boost::math::policies;
/// No long double, which is slow: Newton's steps make up for its digits.
constexpr policy<promote_double<false>, evaluation_error<ignore_error>, overflow_error<ignore_error>> kPolicy;

/// x with I_x(a, b) = p, for p <= 1/2, to full relative precision. Boost's inverse, which gives up far out in the
/// tails, polished by Newton steps on log I, a concave function of log x.
double beta_quantile(double a, double b, double p) {
  double x = boost::math::ibeta_inv(a, b, p, kPolicy);
  for (int i = 0; i < 3 && x > 0.0 && x < 1.0; ++i) {
    const double below = boost::math::ibeta(a, b, x, kPolicy),
                 slope = x * boost::math::ibeta_derivative(a, b, x, kPolicy) / below;
    if (!(slope > 0.0 && std::isfinite(slope))) break;
    const double step = std::log(p / below) / slope;
    x = std::min(x * std::exp(step), 1.0);
    if (std::abs(step) < 1e-8) break;  // the next would be its square
  }
  return x;
}

}  // namespace

Prior::Image beta_from_normal(double a, double b, double q) {
  // I_x(1, b) = 1 - (1 - x)^b, that of even shares: 1 - x = Phi(-q)^(1/b), dx/dq = (1 - x) hazard(q) / b. Mirrored: b
  // = 1.
  if (a == 1.0) {
    const double log_left = log_Phi(-q) / b;
    return {-std::expm1(log_left), std::exp(log_left) * hazard(q) / b};
  }
  if (b == 1.0) {
    const double x = std::exp(log_Phi(q) / a);
    return {x, x * hazard(-q) / a};
  }
  // Each tail from its own end.
  const bool left = q < 0.0;
  if (!left) std::swap(a, b);
  const double y = beta_quantile(a, b, Phi(left ? q : -q));
  const double density = y > 0.0 && y < 1.0 ? boost::math::ibeta_derivative(a, b, y, kPolicy) : 0.0;
  return {left ? y : 1.0 - y, density > 0.0 ? phi(q) / density : 0.0};
}

double beta_to_normal(double a, double b, double x) {
  if (!(x > 0.0)) return -std::numeric_limits<double>::infinity();
  if (!(x < 1.0)) return std::numeric_limits<double>::infinity();
  const double below = boost::math::ibeta(a, b, x, kPolicy);
  return below < 0.5 ? Phi_inverse(below) : -Phi_inverse(boost::math::ibetac(a, b, x, kPolicy));
}

}  // namespace praesepe::infer::density
