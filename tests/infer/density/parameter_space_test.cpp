#include "infer/density/parameter_space.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "infer/density/posterior.hpp"
#include "sim/error.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::density {
namespace {

/// x ~ U(1, 5), y ~ U(0, 2 + sin x), z fixed, w ~ N(3, 2).
ParameterSpace example_space() {
  return {{"x", "y", "z", "w"},
          {Prior::parse("uniform(1,5)"), Prior::parse("uniform(0,top)"), Prior::parse("fixed(7)"),
           Prior::parse("normal(3,2)")},
          {{"top", 0, [](double x) {
              return ValueAndSlope{2.0 + std::sin(x), std::cos(x)};
            }}}};
}

struct Wiggle final : Likelihood {
  Eigen::Index dimension() const override { return 4; }
  double log_likelihood(const Vector& t, Vector& gradient) const override {
    gradient << t[1] * std::cos(t[0]), std::sin(t[0]) + t[3], 1.0, t[1];
    return t[1] * std::sin(t[0]) + t[1] * t[3] + t[2];
  }
};

TEST(ParameterSpace, LeavesFixedParametersOutOfTheCoordinates) {
  const ParameterSpace space = example_space();
  EXPECT_EQ(space.dimension(), 3);
  EXPECT_EQ(space.constrain(Vector::Zero(3))[2], 7.0);
}

TEST(ParameterSpace, UnconstrainInvertsConstrain) {
  const ParameterSpace space = example_space();
  const Vector q{{0.3, -1.2, 2.0}};
  EXPECT_TRUE(space.unconstrain(space.constrain(q)).isApprox(q, 1e-12));
}

TEST(ParameterSpace, GradientPassesThroughTheMovingBound) {
  const Posterior posterior(std::make_unique<Wiggle>(), example_space());
  for (const Vector& q : {Vector{{0.0, 0.0, 0.0}}, Vector{{1.5, -2.0, 0.7}}, Vector{{-3.0, 2.5, -1.0}}}) {
    EXPECT_TRUE(tests::check_gradient(posterior, q, 1e-8));
  }
}

TEST(ParameterSpace, PriorIntegratesToOne) {
  // Monte Carlo free: with a zero likelihood the posterior is the standard normal density.
  const ParameterSpace space = example_space();
  const Vector q{{0.5, 1.0, -2.0}};
  Vector theta_gradient = Vector::Zero(4), gradient(3);
  const double log_prior = space.pull_back(q, space.constrain(q), theta_gradient, gradient);
  EXPECT_NEAR(log_prior, -0.5 * q.squaredNorm() - 1.5 * std::log(2.0 * M_PI), 1e-14);
}

TEST(ParameterSpace, RefusesUnknownNames) {
  EXPECT_THROW(ParameterSpace({"x"}, {Prior::parse("uniform(0,observed)")}), InputError);
  EXPECT_THROW(ParameterSpace({"x"}, {Prior::parse("uniform(F_b,1)")}), InputError);
}

}  // namespace
}  // namespace praesepe::infer::density
