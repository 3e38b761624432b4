#include "infer/models/line/line_likelihood.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "infer/models/line/line_study.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::line {
namespace {

double normal_density(double x, double variance) {
  return std::exp(-0.5 * x * x / variance) / std::sqrt(2.0 * M_PI * variance);
}

const Eigen::ArrayXd kX{{0.0, 1.0, 2.0, 9.0}}, kY{{1.0, 4.0, -30.0, 28.5}}, kErr{{0.5, 1.0, 2.0, 0.01}};

TEST(LineLikelihood, IsTheSumOfTwoNormals) {
  const LineLikelihood likelihood(kX, kY, kErr);
  const Vector theta{{3.0, 1.5, 1.2, 0.7}};
  Vector gradient(4);
  double expected = 0.0;
  for (Eigen::Index n = 0; n < kX.size(); ++n) {
    const double variance = kErr[n] * kErr[n];
    expected += std::log(0.7 * normal_density(kY[n] - 3.0 * kX[n] - 1.5, variance) +
                         0.3 * normal_density(kY[n], variance + std::exp(2.4)));
  }
  EXPECT_NEAR(likelihood.log_likelihood(theta, gradient), expected, 1e-12 * std::abs(expected));
}

TEST(LineLikelihood, GradientAgreesWithDifferences) {
  const LineLikelihood likelihood(kX, kY, kErr);
  const auto f = [&](const Vector& theta, Vector& gradient) { return likelihood.log_likelihood(theta, gradient); };
  const Vector step = Vector::Constant(1, 1e-4);
  for (const Vector& theta :
       {Vector{{3.0, 1.5, 1.2, 0.7}}, Vector{{0.1, -20.0, -2.9, 0.01}}, Vector{{9.9, 40.0, 3.9, 0.99}}}) {
    EXPECT_TRUE(tests::check_gradient(f, theta, 1e-6, step));
  }
}

TEST(LineStudy, SimulatesTheFractionOfOutliersAndTheNoiseThatItIsAsked) {
  const LineStudy study;
  Observation observation;
  for (const auto& key : study.observe_keys()) observation[key.name] = key.default_value;
  observation["points"] = 20000.0;
  sim::random::Stream latents({1, 0, 0}, sim::random::Purpose::latents), noise({1, 0, 0}, sim::random::Purpose::noise);
  const Vector truth{{2.0, 100.0, std::log(5.0), 0.8}};
  const auto catalogue = study.simulate(truth, observation, latents, noise);
  // Line and outliers (around 0) are 20 outlier sd apart at least.
  double outliers = 0.0, chi2 = 0.0;
  for (std::size_t n = 0; n < catalogue.rows(); ++n) {
    const double y = catalogue["y"][n], residual = (y - 2.0 * catalogue["x"][n] - 100.0) / catalogue["y_err"][n];
    if (y < 60.0)
      outliers += 1.0;
    else
      chi2 += residual * residual;
  }
  // 4.5 sd of the binomial and of chi^2: false alarm 1e-5.
  EXPECT_NEAR(outliers, 4000.0, 4.5 * std::sqrt(20000.0 * 0.16));
  EXPECT_NEAR(chi2 / (20000.0 - outliers), 1.0, 4.5 * std::sqrt(2.0 / 16000.0));
}

}  // namespace
}  // namespace praesepe::infer::models::line
