// Joint priors of families: simplexes. The map from standard normal coordinates carries the prior's density if N(q) =
// p(x) |dx/dq|, which is checked point by point with a Jacobian from finite differences.

#include "infer/density/conditional.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "infer/density/normal.hpp"
#include "infer/density/posterior.hpp"
#include "sim/error.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::density {
namespace {

ParameterSpace simplex() {
  return {{"weight_0", "x", "weight_1", "weight_2"},
          {Prior::parse("dirichlet(2)"), Prior::parse("normal(1,2)"), Prior::parse("dirichlet(0.7)"),
           Prior::parse("dirichlet(1.5)")}};
}

/// log N(q) - log |d x_free / dq|, by central differences of the parameters `kept`.
double log_density_of_map(const ParameterSpace& space, const Vector& q, const std::vector<Eigen::Index>& kept) {
  const double step = 1e-5;
  Matrix jacobian(q.size(), q.size());
  for (Eigen::Index j = 0; j < q.size(); ++j) {
    Vector above = q, below = q;
    above[j] += step;
    below[j] -= step;
    jacobian.col(j) = (space.constrain(above) - space.constrain(below))(kept) / (2.0 * step);
  }
  return -0.5 * q.squaredNorm() - 0.5 * static_cast<double>(q.size()) * std::log(2.0 * M_PI) -
         std::log(std::abs(jacobian.determinant()));
}

const std::vector<Vector> kPoints{Vector{{0.0, 0.0, 0.0}}, Vector{{1.2, -0.7, 2.0}}, Vector{{-2.5, 1.0, -1.5}},
                                  Vector{{0.3, 2.5, 2.5}}};

TEST(Simplex, HasTheDirichletDensity) {
  for (const Vector& q : kPoints) {
    const Vector x = simplex().constrain(q);
    EXPECT_NEAR(x[0] + x[2] + x[3], 1.0, 1e-15);
    const double constant = std::lgamma(4.2) - std::lgamma(2.0) - std::lgamma(0.7) - std::lgamma(1.5);
    const double dirichlet = constant + std::log(x[0]) - 0.3 * std::log(x[2]) + 0.5 * std::log(x[3]);
    const double normal = -0.5 * std::pow((x[1] - 1.0) / 2.0, 2) - std::log(2.0 * std::sqrt(2.0 * M_PI));
    EXPECT_NEAR(log_density_of_map(simplex(), q, {0, 1, 2}), dirichlet + normal, 1e-7);
  }
}

TEST(Simplex, OfEvenSharesHasTheFlatDensity) {
  const Prior share = Prior::parse("dirichlet(1)");
  const ParameterSpace even{{"w_0", "w_1", "w_2", "w_3"}, {share, share, share, share}};
  for (const Vector& q : kPoints) EXPECT_NEAR(log_density_of_map(even, q, {0, 1, 2}), std::log(6.0), 1e-7);
}

TEST(Simplex, OfEvenSharesIsWhatTheGeneralFormulaSays) {
  const auto shares = [](double a, double b) {
    return ParameterSpace{
        {"w_0", "w_1"},
        {Prior::parse("dirichlet(" + std::to_string(a) + ")"), Prior::parse("dirichlet(" + std::to_string(b) + ")")}};
  };
  for (const double q : {-6.0, -1.0, 0.0, 0.7, 5.0}) {
    // The closed forms of a = 1 and b = 1 beside the general quantile a hair away from them.
    EXPECT_NEAR(shares(1.0, 3.0).constrain(Vector{{q}})[0], shares(1.000001, 3.0).constrain(Vector{{q}})[0], 1e-5);
    EXPECT_NEAR(shares(3.0, 1.0).constrain(Vector{{q}})[0], shares(3.0, 1.000001).constrain(Vector{{q}})[0], 1e-5);
  }
}

TEST(JointPriors, UnconstrainInvertsConstrain) {
  for (const Vector& q : kPoints) {
    EXPECT_TRUE((simplex().unconstrain(simplex().constrain(q)) - q).isZero(1e-9)) << q.transpose();
  }
}

TEST(JointPriors, VaryingParametersIncludeTheLastWeight) {
  EXPECT_EQ(simplex().dimension(), 3);
  EXPECT_EQ(simplex().varying().size(), 4U);
}

/// Some smooth function of all parameters.
struct Smooth final : Likelihood {
  explicit Smooth(Eigen::Index size) : size_(size) {}
  Eigen::Index dimension() const override { return size_; }
  double log_likelihood(const Vector& t, Vector& gradient) const override {
    for (Eigen::Index i = 0; i < size_; ++i) gradient[i] = std::cos(t[i] + static_cast<double>(i)) * t[(i + 1) % size_];
    for (Eigen::Index i = 0; i < size_; ++i) gradient[(i + 1) % size_] += std::sin(t[i] + static_cast<double>(i));
    double sum = 0.0;
    for (Eigen::Index i = 0; i < size_; ++i) sum += std::sin(t[i] + static_cast<double>(i)) * t[(i + 1) % size_];
    return sum;
  }

 private:
  Eigen::Index size_;
};

TEST(JointPriors, GradientsPassThroughToEarlierMembers) {
  for (const Vector& q : kPoints) {
    EXPECT_TRUE(tests::check_gradient(Posterior(std::make_unique<Smooth>(4), simplex()), q, 1e-7));
  }
}

TEST(Simplex, KeepsItsDigitsFarOut) {
  // w_0 ~ Beta(a, b), whose lower tail is x^a / (a B(a, b)) and whose upper tail its mirror image.
  for (const double a : {0.05, 0.7, 3.0, 40.0}) {
    const ParameterSpace space{{"w_0", "w_1"},
                               {Prior::parse("dirichlet(" + std::to_string(a) + ")"), Prior::parse("dirichlet(2.5)")}};
    for (const double q : {-8.0, -5.0, 5.0, 8.0}) {
      const double x = space.constrain(Vector{{q}})[0];
      EXPECT_NEAR(space.unconstrain(Vector{{x, 1.0 - x}})[0], q, q < 0.0 ? 1e-9 : 1e-2) << a << ' ' << q;
    }
  }
}

TEST(JointPriors, StayFiniteFarOut) {
  for (const double far : {-9.0, 9.0}) {
    const Vector q = Vector::Constant(3, far);
    EXPECT_TRUE(simplex().constrain(q).allFinite());
    Vector gradient(3);
    EXPECT_TRUE(std::isfinite(Posterior(std::make_unique<Smooth>(4), simplex()).log_density(q, gradient)));
    EXPECT_TRUE(gradient.allFinite()) << gradient.transpose();
  }
}

TEST(Normal, ContinuesIntoItsTailsWithoutAStep) {
  for (const double q : {29.999999, 30.000001}) {
    EXPECT_NEAR(log_Phi(-q) / -454.321244, 1.0, 1e-6);  // continued fraction: -454.3212439563
    EXPECT_NEAR(hazard(q), 30.0332, 1e-4);
  }
  EXPECT_NEAR(log_Phi(-30.000001) - log_Phi(-29.999999), -2e-6 * hazard(30.0), 1e-9);
  EXPECT_NEAR(log_Phi(8.0), -Phi(-8.0), 1e-27);
}

}  // namespace
}  // namespace praesepe::infer::density
