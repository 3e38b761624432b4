#include "infer/models/field/gaussian_components.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "tests/infer/models/field/example_stars.hpp"

namespace praesepe::infer::models::field {
namespace {

TEST(Gaussian1, AddsTheNoiseToItsWidthAndSaysNothingOfMissingValues) {
  const Gaussian1 component(measured(example_stars(), "radial_velocity"), 0, 1);
  Array values;
  component.log_marginal(Vector{{4.0, 3.0}}, values);
  EXPECT_NEAR(values[0], -0.5 * (4.0 / 9.25 + std::log(2.0 * M_PI * 9.25)), 1e-13);
  EXPECT_EQ(values[1], 0.0);
  EXPECT_TRUE(tests::check_gradient(weighted_sum(component), Vector{{4.0, 3.0}}, 1e-8, Vector{{1e-3, 1e-3}}));
}

TEST(Gaussian1, MayHaveNoWidthOfItsOwn) {
  const Gaussian1 component(measured(example_stars(), "parallax"), 0, 1);
  Vector gradient(2);
  EXPECT_TRUE(std::isfinite(weighted_sum(component)(Vector{{2.0, 0.0}}, gradient)));
  EXPECT_TRUE(gradient.allFinite());
}

TEST(Gaussian2, IsTheNormalDensityOfBothCovariancesTogether) {
  const auto motions = proper_motions(example_stars());
  const Gaussian2 component(motions, {0, 1, 2, 3, 4});
  const Vector theta{{5.0, -8.0, 0.3, 0.8, -0.6}};
  Array values;
  component.log_marginal(theta, values);
  for (Eigen::Index n = 0; n < values.size(); ++n) {
    Eigen::Matrix2d t;
    t << 0.09 + motions.var_pmra[n], -0.6 * 0.24 + motions.cov[n], -0.6 * 0.24 + motions.cov[n],
        0.64 + motions.var_pmdec[n];
    const Eigen::Vector2d d(motions.pmra[n] - 5.0, motions.pmdec[n] + 8.0);
    const double expected = -0.5 * (d.dot(t.inverse() * d) + std::log(t.determinant())) - std::log(2.0 * M_PI);
    EXPECT_NEAR(values[n], expected, 1e-11 * std::abs(expected));
  }
}

TEST(Gaussian2, GradientAgreesWithDifferencesWhetherFreeOrIsotropic) {
  const Gaussian2 free(proper_motions(example_stars()), {0, 1, 2, 3, 4});
  const Gaussian2 isotropic(proper_motions(example_stars()), {0, 1, 2, 2, -1});
  const Vector step = Vector::Constant(1, 1e-3);
  EXPECT_TRUE(tests::check_gradient(weighted_sum(free), Vector{{5.0, -8.0, 0.3, 0.8, -0.6}}, 1e-7, step));
  EXPECT_TRUE(tests::check_gradient(weighted_sum(free), Vector{{0.0, 2.0, 4.0, 0.05, 0.9}}, 1e-7, step));
  EXPECT_TRUE(tests::check_gradient(weighted_sum(isotropic), Vector{{5.0, -8.0, 0.3}}, 1e-7, step));
}

}  // namespace
}  // namespace praesepe::infer::models::field
