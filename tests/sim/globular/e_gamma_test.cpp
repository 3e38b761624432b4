// E_a(x) against Boost's incomplete gamma function, closed forms and quadrature.
#include "sim/globular/e_gamma.hpp"

#include <gtest/gtest.h>

#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

#include "sim/globular/e_gamma_expansion.hpp"

namespace praesepe::sim::globular {
namespace {

constexpr double kOrders[] = {0.001, 0.3, 0.5, 1.0, 1.501, 2.5, 3.2, 5.0};
constexpr double kArguments[] = {1e-12, 1e-3, 0.2, 0.499, 0.501, 1.0, 2.7, 6.0, 9.51, 14.0};

/// e^x P(a, x) in extended precision.
long double boost_e(long double a, long double x) { return std::exp(x) * boost::math::gamma_p(a, x); }

TEST(EGamma, IsTheScaledIncompleteGammaFunction) {
  for (const double a : kOrders) {
    for (const double x : kArguments) {
      const EGamma e = e_gamma(a, x);
      const auto exact = static_cast<double>(boost_e(a, x));
      EXPECT_NEAR(e.value / exact, 1.0, 1e-14) << a << " " << x;
      const double log_value = log_e_gamma(a, x).value;
      EXPECT_NEAR(log_value, std::log(exact), 1e-14 * (1.0 + std::abs(log_value))) << a << " " << x;
    }
  }
}

TEST(EGamma, HasExactDerivatives) {
  const auto derivative = [](auto f, long double h) {
    const long double d1 = (f(h) - f(-h)) / (2.0L * h);
    const long double d2 = (f(0.5L * h) - f(-0.5L * h)) / h;
    return static_cast<double>((4.0L * d2 - d1) / 3.0L);
  };
  for (const double a : kOrders) {
    for (const double x : kArguments) {
      const EGamma e = e_gamma(a, x);
      const double d_x = derivative([&](long double h) { return boost_e(a, x * (1.0L + h)); }, 1e-3L) / x;
      const double d_log_a = derivative([&](long double h) { return std::log(boost_e(a * (1.0L + h), x)); }, 1e-3L) / a;
      EXPECT_NEAR(e.d_x / d_x, 1.0, 3e-9) << a << " " << x;
      EXPECT_NEAR(e.d_a / e.value, d_log_a, 1e-10 * (1.0 + std::abs(std::log(x)))) << a << " " << x;
      const EGamma log_e = log_e_gamma(a, x);
      EXPECT_NEAR(log_e.d_x * e.value / e.d_x, 1.0, 1e-14) << a << " " << x;
      EXPECT_NEAR(log_e.d_a, e.d_a / e.value, 1e-14 * (1.0 + std::abs(std::log(x)))) << a << " " << x;
      if (a > 1.0) {
        EXPECT_NEAR(e.d_x / static_cast<double>(boost_e(a - 1.0L, x)), 1.0, 1e-14) << a << " " << x;
      }
    }
  }
}

TEST(EGamma, IsThatOfWoolleyKingAndWilsonAtWholeOrders) {
  for (const double x : {0.7, 3.0, 12.0}) {
    EXPECT_NEAR(e_gamma(0.0, x).value / std::exp(x), 1.0, 1e-14);
    EXPECT_NEAR(e_gamma(0.0, x).d_x / std::exp(x), 1.0, 1e-14);
    EXPECT_NEAR(e_gamma(1.0, x).value / std::expm1(x), 1.0, 1e-14);
    EXPECT_NEAR(e_gamma(2.0, x).value / (std::expm1(x) - x), 1.0, 1e-14);
  }
}

TEST(EGamma, GainsHalfAnOrderWithEveryVelocityComponentIntegratedOut) {
  boost::math::quadrature::tanh_sinh<double> quadrature;
  for (const double g : {0.002, 0.5, 1.6, 3.3}) {
    for (const double y : {1e-3, 0.8, 13.0}) {
      const double top = std::sqrt(2.0 * y);
      // y - v^2/2 by the distance to the upper end, which tanh_sinh hands over without cancellation.
      const auto integrand = [&](double v, double to_end) {
        return e_gamma(g, v > 0.5 * top ? to_end * (top - 0.5 * to_end) : y - 0.5 * v * v).value;
      };
      const double integral = 2.0 * quadrature.integrate(integrand, 0.0, top);
      EXPECT_NEAR(integral / (std::sqrt(2.0 * std::numbers::pi) * e_gamma(g + 0.5, y).value), 1.0, 1e-12)
          << g << " " << y;
    }
  }
}

TEST(EGamma, FollowsThePowerLawWhereItUnderflows) {
  const double a = 3.0;
  const double x = 1e-200;
  EXPECT_NEAR(log_e_gamma(a, x).value, a * std::log(x) - std::log(6.0), 1e-12);
  EXPECT_DOUBLE_EQ(log_e_gamma(a, x).d_a, std::log(x) - boost::math::digamma(a + 1.0));
  EXPECT_DOUBLE_EQ(log_e_gamma(a, x).d_x, a / x);
}

TEST(EGamma, HasItsLimitsAtZero) {
  EXPECT_EQ(e_gamma(0.0, 0.0).value, 1.0);
  EXPECT_EQ(e_gamma(1.0, 0.0).value, 0.0);
  EXPECT_EQ(e_gamma(1.0, 0.0).d_x, 1.0);
  EXPECT_EQ(e_gamma(2.5, 0.0).d_x, 0.0);
  EXPECT_EQ(e_gamma(2.5, 0.0).d_a, 0.0);
  EXPECT_TRUE(std::isinf(e_gamma(0.5, 0.0).d_x));
}

TEST(EGammaExpansion, EqualsTheSeries) {
  EGammaExpansion expansion;
  for (const double a : {1.5, 2.7, 4.99}) {
    expansion.prepare(a, 14.3);
    for (double x = 1e-6; x < 14.3; x += 0.0371) {
      const EGamma fast = expansion(x);
      const EGamma exact = e_gamma(a, x);
      ASSERT_NEAR(fast.value / exact.value, 1.0, 1e-13) << a << " " << x;
      ASSERT_NEAR(fast.d_x / exact.d_x, 1.0, 1e-13) << a << " " << x;
      ASSERT_NEAR(fast.d_a, exact.d_a, 1e-13 * exact.value * (1.0 + std::abs(std::log(x)))) << a << " " << x;
    }
    EXPECT_EQ(expansion(-0.1).value, 0.0);
    EXPECT_EQ(expansion(0.0).d_a, 0.0);
  }
}

}  // namespace
}  // namespace praesepe::sim::globular
