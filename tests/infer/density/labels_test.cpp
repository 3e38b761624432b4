// Labels of exchangeable components, given in the order of one parameter.
#include "infer/density/labels.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "infer/density/posterior.hpp"
#include "sim/error.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::density {
namespace {

const Prior kScale = Prior::parse("ascending(log_uniform(0.1, 30))"), kPlace = Prior::parse("normal(0, 3)"),
            kShare = Prior::parse("dirichlet(2)");

ParameterSpace scales() { return {{"sd_0", "sd_1", "sd_2"}, {kScale, kScale, kScale}}; }

/// Three components: their shares, places and scales, and a parameter of none of them.
ParameterSpace components() {
  return {{"weight_0", "weight_1", "weight_2", "x_0", "sd_0", "x_1", "sd_1", "x_2", "sd_2", "m"},
          {kShare, kShare, kShare, kPlace, kScale, kPlace, kScale, kPlace, kScale, kPlace}};
}

const Vector kInOrder{{0.1, -0.3, 0.5, -1.2, 1.5, -0.1, 0.4, 0.7, 2.0}},
    kOutOfOrder{{0.1, -0.3, 0.5, 0.7, 1.5, -1.2, -0.4, -0.1, 2.0}};

TEST(Labels, OrderedValuesHaveTheDensityOfOrderStatistics) {
  for (const Vector& q : {Vector{{-1.0, 0.2, 1.3}}, Vector{{2.0, -0.7, 0.5}}}) {
    const double step = 1e-5;
    Matrix jacobian(3, 3);
    for (Eigen::Index j = 0; j < 3; ++j) {
      const Vector shift = step * Vector::Unit(3, j);
      jacobian.col(j) = (scales().constrain(q + shift) - scales().constrain(q - shift)) / (2.0 * step);
    }
    const Vector x = scales().constrain(q);
    EXPECT_TRUE(x[0] <= x[1] && x[1] <= x[2]);
    const double ordered = std::log(6.0) - x.array().log().sum() - 3.0 * std::log(std::log(300.0));
    // Six q have the same x.
    const double mapped =
        std::log(6.0) - 0.5 * q.squaredNorm() - 1.5 * std::log(2.0 * M_PI) - std::log(std::abs(jacobian.determinant()));
    EXPECT_NEAR(mapped, ordered, 1e-6);
  }
}

TEST(Labels, AComponentKeepsAllThatItHas) {
  const Vector theta = components().constrain(kInOrder);
  EXPECT_LT(theta[4], theta[6]);
  EXPECT_LT(theta[6], theta[8]);
  // The same components, listed as 2, 0, 1.
  const std::vector<Eigen::Index> listed{2, 0, 1, 7, 8, 3, 4, 5, 6, 9};
  const Vector permuted = theta(listed);
  const ParameterSpace space = components();
  EXPECT_TRUE((space.constrain(space.unconstrain(permuted)) - theta).isZero(1e-12));
  EXPECT_FALSE((space.unconstrain(permuted) - kInOrder).isZero(0.1));
  EXPECT_TRUE((space.relabelled(space.unconstrain(permuted)) - kInOrder).isZero(1e-9));
  EXPECT_EQ(space.relabelled(kInOrder), kInOrder);
}

/// The density of a few points under a mixture of three Gaussians; m shifts them.
struct MixtureLikelihood final : Likelihood {
  Eigen::Index dimension() const override { return 10; }
  double log_likelihood(const Vector& t, Vector& gradient) const override {
    gradient.setZero(10);
    double sum = 0.0;
    for (const double point : {-2.0, 0.3, 0.5, 4.0}) {
      Eigen::Array3d p, z;
      for (Eigen::Index k = 0; k < 3; ++k) {
        z[k] = (point - t[9] - t[3 + 2 * k]) / t[4 + 2 * k];
        p[k] = t[k] * std::exp(-0.5 * z[k] * z[k]) / t[4 + 2 * k];
      }
      sum += std::log(p.sum());
      p /= p.sum();
      for (Eigen::Index k = 0; k < 3; ++k) {
        gradient[k] += p[k] / t[k];
        gradient[3 + 2 * k] += p[k] * z[k] / t[4 + 2 * k];
        gradient[9] += p[k] * z[k] / t[4 + 2 * k];
        gradient[4 + 2 * k] += p[k] * (z[k] * z[k] - 1.0) / t[4 + 2 * k];
      }
    }
    return sum;
  }
};

TEST(Labels, GradientsFindTheirWayBackToTheirComponents) {
  const Posterior posterior(std::make_unique<MixtureLikelihood>(), components());
  EXPECT_TRUE(tests::check_gradient(posterior, kInOrder, 1e-7));
  EXPECT_TRUE(tests::check_gradient(posterior, kOutOfOrder, 1e-7));
}

TEST(Labels, NothingHappensWhereTwoComponentsChangePlaces) {
  const Posterior posterior(std::make_unique<MixtureLikelihood>(), components());
  Vector q = kInOrder, gradient_below(9), gradient_above(9);
  q[6] = q[4] - 1e-9;
  const double below = posterior.log_density(q, gradient_below);
  q[6] = q[4] + 1e-9;
  EXPECT_NEAR(posterior.log_density(q, gradient_above), below, 1e-7);
  EXPECT_TRUE((gradient_above - gradient_below).isZero(1e-6));
}

// Two groups and two Gaussians of a field: as many of each, with shares of their own.
TEST(Labels, OfEachKindOfComponentsAreGivenByThemselves) {
  const ParameterSpace space({"group_0_weight", "group_1_weight", "group_0_age", "group_1_age", "field_0_weight",
                              "field_1_weight", "field_0_sd", "field_1_sd"},
                             {kShare, kShare, kScale, kScale, kShare, kShare, kScale, kScale});
  const Vector groups_change{{0.7, 0.9, -0.4, -0.2, 0.3, 0.6}}, fields_change{{-0.7, -0.4, 0.9, 0.2, 0.8, -0.6}};
  Vector theta(8), relabelled(8);
  for (const Vector& q : {groups_change, fields_change}) {
    space.constrain(q, theta);
    EXPECT_LT(theta[2], theta[3]);
    EXPECT_LT(theta[6], theta[7]);
    EXPECT_TRUE((space.constrain(space.relabelled(q)) - theta).isZero(1e-12));
  }
  // in q the groups' first component has the greater age, and less than half of the stars
  space.constrain(groups_change, theta);
  Vector swapped = groups_change;
  std::swap(swapped[1], swapped[2]);
  swapped[0] = -swapped[0];
  space.constrain(swapped, relabelled);
  EXPECT_TRUE((relabelled - theta).isZero(1e-12));
}

TEST(Families, HaveAJointPriorTogether) {
  const std::vector<std::string> names{"weight_0", "weight_1"};
  const Prior share = Prior::parse("dirichlet(1)");
  EXPECT_THROW(ParameterSpace(names, {share, Prior::parse("uniform(0,1)")}), InputError);
  EXPECT_THROW(ParameterSpace(names, {Prior::parse("fixed(0.5)"), share}), InputError);
  EXPECT_THROW(ParameterSpace(names, {Prior::parse("ascending(normal(0,1))"), Prior::parse("ascending(normal(0,2))")}),
               InputError);
  EXPECT_NO_THROW(ParameterSpace(names, {Prior::parse("fixed(0.4)"), Prior::parse("fixed(0.6)")}));
}

TEST(Families, AreToldApartInOneWay) {
  const std::vector<std::string> names{"x_0", "sd_0", "x_1", "sd_1", "m"};
  EXPECT_NO_THROW(ParameterSpace(names, {kPlace, kScale, kPlace, kScale, kPlace}));
  EXPECT_THROW(ParameterSpace(names, {kPlace, kScale, Prior::parse("normal(1, 3)"), kScale, kPlace}), InputError);
  EXPECT_THROW(ParameterSpace(names, {kScale, kScale, kScale, kScale, kPlace}), InputError);
}

TEST(Families, DifferInTheFirstNumber) {
  EXPECT_EQ(family_of("weight_0"), "weight");
  EXPECT_EQ(family_of("corr_12_pmra_pmdec"), "corr_pmra_pmdec");
  EXPECT_EQ(family_of("field_1_sigma_pmra"), "field_sigma_pmra");
  EXPECT_EQ(family_of("log10_mass"), "log10_mass");
  EXPECT_EQ(family_of("phi0"), "phi0");
}

}  // namespace
}  // namespace praesepe::infer::density
