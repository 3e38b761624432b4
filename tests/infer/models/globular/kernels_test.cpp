// The vectorised kernels against Boost's functions, double integrals and differences.
#include <gtest/gtest.h>

#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "infer/models/globular/velocity_integral.hpp"

namespace praesepe::infer::models::globular {
namespace {

template <class Real>
Real lane(const xsimd::batch<Real>& batch) {
  return batch.get(0);
}

TEST(Elementary, ExponentialAndLogarithmAreExactToSinglePrecision) {
  using Batch = xsimd::batch<float>;
  for (double x = -86.9; x < 87.0; x += 0.0137) {
    const auto rounded = static_cast<double>(static_cast<float>(x));
    EXPECT_NEAR(lane(quick_exp(Batch(static_cast<float>(x)))) / std::exp(rounded), 1.0, 2e-7) << x;
  }
  for (double x = 1.3e-38; x < 3e38; x *= 1.0137) {
    const auto rounded = static_cast<double>(static_cast<float>(x));
    EXPECT_NEAR(lane(quick_log(Batch(static_cast<float>(x)))), std::log(rounded), 2e-7 * std::abs(std::log(rounded)))
        << x;
  }
  EXPECT_EQ(lane(quick_log(Batch(1.0F))), 0.0F);
  EXPECT_LT(lane(quick_exp(Batch(-1e9F))), 2e-38F);
}

template <class Real>
void expect_bessel(double tolerance) {
  for (double x = 1e-3; x < 600.0; x *= 1.07) {
    const auto b = bessel(xsimd::batch<Real>(static_cast<Real>(x)), BesselTables<Real>::instance());
    const double i0 = boost::math::cyl_bessel_i(0, x), i1 = boost::math::cyl_bessel_i(1, x);
    EXPECT_NEAR(lane(b.scaled_i0), std::exp(-x) * i0, tolerance * std::exp(-x) * i0) << x;
    // 1 - I1/I0 in long double would lose x digits in a million: 1e-13 of 1
    EXPECT_NEAR(lane(b.deficit), 1.0 - i1 / i0, tolerance * (1.0 - i1 / i0) + 1e-13 + (x < 8 ? tolerance : 0.0)) << x;
  }
}

TEST(Bessel, AgreesWithBoostInBothPrecisions) {
  expect_bessel<double>(1e-12);
  expect_bessel<float>(1e-6);
}

TEST(VelocityLaw, AgreesWithBoostOverTheWholePrior) {
  for (const double g : {0.001, 0.3, 1.0, 2.0, 3.1}) {
    for (const double largest : {1.5, 5.0, 14.0}) {
      const double a = g + 0.5;
      const VelocityLaw<double> exact(a, largest);
      const VelocityLaw<float> single(a, largest);
      for (double y = 1e-6; y < largest; y *= 1.7) {
        const double p = boost::math::gamma_p(a, y);
        const auto value = exact(xsimd::batch<double>(y));
        EXPECT_NEAR(lane(value.p), p, 1e-12 * p) << a << " " << y;
        EXPECT_NEAR(lane(value.d_y), boost::math::gamma_p_derivative(a, y), 1e-12 * lane(value.d_y));
        const double h = 1e-4;
        const double d_a = (8.0 * (boost::math::gamma_p(a + h, y) - boost::math::gamma_p(a - h, y)) -
                            (boost::math::gamma_p(a + 2 * h, y) - boost::math::gamma_p(a - 2 * h, y))) /
                           (12.0 * h);
        EXPECT_NEAR(lane(value.d_a), d_a, 1e-9 * std::max(std::abs(d_a), 1e-3)) << a << " " << y;
        // single precision: the series about the middle is rounded at the size of its largest term, 1
        EXPECT_NEAR(lane(single(xsimd::batch<float>(static_cast<float>(y))).p), p, 2e-5 * p) << a << " " << y;
      }
    }
  }
}

/// B by brute force: polar coordinates about the cluster's mean velocity, 4000 panels in u, Bessel function from Boost.
double brute_force_b(double a, double phi, double rho, double variance) {
  const double escape = std::sqrt(2.0 * phi);
  const int n = 4000;
  double sum = 0.0;
  for (int i = 0; i < n; ++i) {
    const double s = (i + 0.5) / n, u = escape * (1.0 - s * s), x = u * rho / variance;
    const double bessel0 = x < 600.0 ? std::exp(-x) * boost::math::cyl_bessel_i(0, x)
                                     : (1.0 + 0.125 / x * (1.0 + 0.5625 / x)) / std::sqrt(2.0 * M_PI * x);
    sum += 2.0 * s * escape / n * u / variance * std::exp(-0.5 * (u - rho) * (u - rho) / variance) * bessel0 *
           boost::math::gamma_p(a, phi - 0.5 * u * u);
  }
  return sum;
}

struct Point {
  double g, phi, rho, deviation;
};

using Batch = xsimd::batch<double>;

VelocityIntegral<Batch> wide_at(double phi, double rho, double variance, double a, const SpeedRule<double>& rule) {
  return wide<true>(Batch(phi), Batch(rho), Batch(variance), VelocityLaw<double>(a, 14.0), rule,
                    BesselTables<double>::instance());
}

VelocityIntegral<Batch> smooth_at(double phi, double rho, double variance, double a) {
  return smooth<true>(Batch(phi), Batch(rho), Batch(variance), VelocityLaw<double>(a, 14.0));
}

double value_of(const VelocityIntegral<Batch>& b) { return lane(b.value) * std::exp(lane(b.log_scale)); }

// At the escape speed, the window from zero, beyond it, the noise as wide as the law, clear of it
const std::vector<Point> kPoints{{2.0, 4.0, 1.0, 0.3}, {0.3, 2.0, 1.9, 0.2}, {-0.499, 3.0, 2.3, 0.1},
                                 {1.0, 0.2, 0.1, 0.6}, {1.6, 8.0, 0.0, 0.5}, {1.0, 1.0, 1.9, 0.2}};

TEST(VelocityIntegral, WideRuleAgreesWithBruteForce) {
  const SpeedRule<double> fine(40, 6.5), standard(QuadratureRule::standard().speed, QuadratureRule::standard().reach);
  for (const Point& p : kPoints) {
    const double a = p.g + 0.5, v = p.deviation * p.deviation,
                 expected = brute_force_b(a, p.phi, p.rho, p.deviation * p.deviation);
    EXPECT_NEAR(value_of(wide_at(p.phi, p.rho, v, a, fine)), expected, 2e-6 * expected) << p.g << " " << p.rho;
    EXPECT_NEAR(value_of(wide_at(p.phi, p.rho, v, a, standard)), expected, 5e-4 * expected) << p.g << " " << p.rho;
  }
}

TEST(VelocityIntegral, SmoothRuleAgreesWithTheWideOneWhereItIsUsed) {
  const SpeedRule<double> fine(40, 6.5);
  for (const Point& p : {Point{2.0, 4.0, 1.0, 0.1}, Point{0.3, 3.0, 0.5, 0.06}, Point{1.6, 8.0, 2.0, 0.15},
                         Point{2.0, 1.0, 0.3, 0.2}, Point{-0.499, 2.0, 1.0, 0.1}}) {
    const double a = p.g + 0.5, v = p.deviation * p.deviation;
    const double expected = value_of(wide_at(p.phi, p.rho, v, a, fine));
    EXPECT_NEAR(value_of(smooth_at(p.phi, p.rho, v, a)), expected, 3e-4 * expected) << p.g << " " << p.rho;
  }
}

/// d ln B with respect to (phi, rho, V, order) against central differences.
template <class Rule>
void expect_derivatives(const Rule& rule, const Point& p, double tolerance) {
  const double v = p.deviation * p.deviation, a = p.g + 0.5;
  const auto b = rule(p.phi, p.rho, v, a);
  const auto check = [&](const Batch& analytic, auto&& at, double h) {
    const auto f = [&](double step) { return std::log(value_of(at(step))); };
    const double difference = (8.0 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12.0 * h);
    EXPECT_NEAR(lane(analytic) / lane(b.value), difference, tolerance * std::max(1.0, std::abs(difference)))
        << p.g << " " << p.phi << " " << p.rho << " " << p.deviation;
  };
  check(
      b.d_phi, [&](double h) { return rule(p.phi + h, p.rho, v, a); }, 1e-4 * p.phi);
  if (p.rho > 0.0)
    check(
        b.d_rho, [&](double h) { return rule(p.phi, p.rho + h, v, a); }, 1e-4);
  check(
      b.d_variance, [&](double h) { return rule(p.phi, p.rho, v + h, a); }, 1e-4 * v);
  check(
      b.d_order, [&](double h) { return rule(p.phi, p.rho, v, a + h); }, std::min(1e-4, 0.2 * a));
}

TEST(VelocityIntegral, DerivativesAreThoseOfTheIntegral) {
  const SpeedRule<double> fine(60, 8.0), standard(QuadratureRule::standard().speed, QuadratureRule::standard().reach);
  for (const Point& p : kPoints) {
    expect_derivatives([&](auto... x) { return wide_at(x..., fine); }, p, 1e-5);
    expect_derivatives([&](auto... x) { return wide_at(x..., standard); }, p, 5e-3);
  }
  // the derivatives of the series are exact
  for (const Point& p : {Point{2.0, 4.0, 1.0, 0.1}, Point{0.1, 9.0, 2.0, 0.2}, Point{-0.499, 2.0, 1.0, 0.1}}) {
    expect_derivatives([](auto... x) { return smooth_at(x...); }, p, 1e-7);
  }
}

TEST(GaussLegendre, IntegratesPolynomialsExactly) {
  const GaussLegendre rule(24);
  for (int degree : {0, 1, 17, 47}) {
    double sum = 0.0;
    for (std::size_t i = 0; i < rule.node.size(); ++i) sum += rule.weight[i] * std::pow(rule.node[i], degree);
    EXPECT_NEAR(sum, 1.0 / (degree + 1), 1e-15) << degree;
  }
}

}  // namespace
}  // namespace praesepe::infer::models::globular
