#include "infer/models/globular/exact_likelihood.hpp"

#include <gtest/gtest.h>

#include "sim/globular/globular_model.hpp"
#include "tests/infer/models/globular/regimes.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::globular {
namespace {

TEST(ExactLikelihood, IsTheSumOfTheDistributionFunction) {
  auto regime = tests::regimes().front();
  regime.sigma = 0.0;
  const auto catalogue = tests::catalogue_of(regime, 30.0);
  const ExactLikelihood likelihood(catalogue);
  Vector gradient(kParameters);
  const sim::globular::GlobularModel model({5.0, 2.0, 1e5, 3.0});
  const auto centre = sim::astrometry::to_cartesian({60.0, 45.0, 1.0, 4.0, 5.0, 30.0});
  double expected = 0.0;
  for (std::size_t i = 0; i < catalogue.rows(); ++i) {
    const auto star =
        sim::astrometry::to_cartesian({catalogue["ra"][i], catalogue["dec"][i], catalogue["parallax"][i],
                                       catalogue["pmra"][i], catalogue["pmdec"][i], catalogue["radial_velocity"][i]});
    expected += model.log_probability((star.position_pc - centre.position_pc).norm(),
                                      (star.velocity_kms - centre.velocity_kms).norm());
  }
  EXPECT_NEAR(likelihood.log_likelihood(regime.truth, gradient), expected, 1e-4);
}

TEST(ExactLikelihood, GradientAgreesWithDifferences) {
  for (auto regime : tests::regimes()) {
    regime.sigma = 0.0;
    const ExactLikelihood likelihood(tests::catalogue_of(regime, 10.0));
    const Vector unit{{0.02, 0.02, 0.002, 0.002, 1e-4, 1e-4, 1e-4 * regime.truth[6], 1e-3, 1e-3, 0.1}};
    const auto f = [&](const Vector& x, Vector& gradient) {
      const double value = likelihood.log_likelihood(x.cwiseProduct(unit), gradient);
      gradient = gradient.cwiseProduct(unit).eval();
      return value;
    };
    Vector theta = regime.truth;
    theta[kLogMass] += 0.05;  // away from the wall of the fastest star
    EXPECT_TRUE(tests::check_gradient(f, theta.cwiseQuotient(unit), 1e-5, Vector::Constant(1, 0.01))) << regime.name;
  }
}

TEST(ExactLikelihood, IsMinusInfinityWhenAStarIsUnbound) {
  auto regime = tests::regimes().front();
  regime.sigma = 0.0;
  const ExactLikelihood likelihood(tests::catalogue_of(regime, 30.0));
  Vector gradient(kParameters), theta = regime.truth;
  theta[kLogMass] = 3.0;
  EXPECT_EQ(likelihood.log_likelihood(theta, gradient), -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace praesepe::infer::models::globular
