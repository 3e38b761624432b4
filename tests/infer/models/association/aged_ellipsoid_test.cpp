#include "infer/models/association/aged_ellipsoid.hpp"

#include <gtest/gtest.h>

#include "infer/models/association/ellipsoid.hpp"
#include "sim/association/present_day.hpp"
#include "tests/infer/models/association/example_stars.hpp"
#include "tests/sim/association/phase_space_checks.hpp"

namespace praesepe::infer::models::association {
namespace {

using sim::association::covariance_difference;

TEST(AgedEllipsoid, IsThePresentDayOfItsBirth) {
  const EpicyclicOrbit orbit;
  for (const double age : {0.0, 1.0, 20.0, 80.0, 150.0}) {
    const AgedEllipsoid sphere = aged_ellipsoid(orbit, example_mean(), sphere_factor(12.0, 0.8), age);
    const Vector6 birth_mean = sphere.birth_mean();
    EXPECT_LT((birth_mean - orbit.trace(example_mean(), -age)).norm(), 1e-10);
    const Gaussian6 expected = present_day(orbit, sim::association::birth_sphere(birth_mean, 12.0, 0.8), age);
    EXPECT_LT((sphere.now.mean - expected.mean).norm(), 1e-9) << "age " << age;
    EXPECT_LT(covariance_difference(sphere.now.covariance, expected.covariance), 1e-10) << "age " << age;
  }
}

// f = g . m + sum_ij G_ij C_ij, with a symmetric G in units of the covariance itself: no entry hides another.
TEST(AgedEllipsoid, HasTheGradientThatDifferencesFind) {
  const EpicyclicOrbit orbit;
  for (const double age : {1e-3, 1.0, 20.0, 80.0, 150.0}) {
    const Gaussian6 now = aged_ellipsoid(orbit, example_mean(), sphere_factor(12.0, 0.8), age).now;
    const Vector6 scale = now.covariance.diagonal().cwiseSqrt().cwiseInverse();
    Matrix6 by_covariance;
    for (int i = 0; i < 6; ++i)
      for (int j = 0; j < 6; ++j) by_covariance(i, j) = scale[i] * scale[j] * std::cos(1.0 + i * j + 0.3 * (i + j));
    const Vector6 by_mean = 0.1 * scale;
    const Ellipsoid free = axes(6, 12);
    const tests::DifferentiableFunction f = [&](const Eigen::VectorXd& theta, Eigen::VectorXd& gradient) {
      const AgedEllipsoid aged = aged_ellipsoid(orbit, theta.head<6>(), factor_at(free, theta), theta[27]);
      const AgedEllipsoidSlopes slopes = pull_back(aged, by_mean, by_covariance);
      gradient = Eigen::VectorXd::Zero(28);
      gradient.head<6>() = slopes.by_mean;
      pull_back(free, theta, slopes.by_birth, gradient);
      gradient[27] = slopes.by_age;
      return by_mean.dot(theta.head<6>()) + by_covariance.cwiseProduct(aged.now.covariance).sum();
    };
    Eigen::VectorXd centre(28), unit(28);
    centre << example_mean(), 12.0, 9.0, 15.0, 0.8, 1.0, 0.6, Eigen::VectorXd::Constant(15, 0.3), age;
    unit << 100.0, 100.0, 100.0, 10.0, 10.0, 10.0, 5.0, 5.0, 5.0, 0.3, 0.3, 0.3, Eigen::VectorXd::Constant(15, 0.5),
        5.0;
    EXPECT_TRUE(tests::check_gradient(in_units(f, centre, unit), Eigen::VectorXd::Zero(28), 1e-8,
                                      Eigen::VectorXd::Constant(1, 0.02)))
        << "age " << age;
  }
}

}  // namespace
}  // namespace praesepe::infer::models::association
