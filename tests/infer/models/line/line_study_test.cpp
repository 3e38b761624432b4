#include "infer/models/line/line_study.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/check_gradient.hpp"
#include "tests/support/degenerate_fit.hpp"

namespace praesepe::infer::models::line {
namespace {

double normal_density(double x, double variance) {
  return std::exp(-0.5 * x * x / variance) / std::sqrt(2.0 * M_PI * variance);
}

const Eigen::ArrayXd kX{{0.0, 1.0, 2.0, 9.0}}, kY{{1.0, 4.0, -30.0, 28.5}}, kErr{{0.5, 1.0, 2.0, 0.01}};

sim::astrometry::Catalogue example() {
  sim::astrometry::Catalogue catalogue(4);
  catalogue.add("x", "", {kX.begin(), kX.end()});
  catalogue.add("y", "", {kY.begin(), kY.end()});
  catalogue.add("y_err", "", {kErr.begin(), kErr.end()});
  return catalogue;
}

/// Probability of point n on the line and as an outlier of each of three kinds; theta as in kThreeKinds.
Eigen::Array4d terms(const Vector& theta, Eigen::Index n) {
  const double variance = kErr[n] * kErr[n], w0 = theta[5];
  Eigen::Array4d p;
  p[0] = w0 * normal_density(kY[n] - theta[0] * kX[n] - theta[1], variance);
  for (Eigen::Index k = 0; k < 3; ++k) {
    p[k + 1] = (1.0 - w0) * theta[6 + k] * normal_density(kY[n], variance + std::exp(2.0 * theta[2 + k]));
  }
  return p;
}

/// m, b, three ln_s_out, w0, three shares of the outliers.
const Vector kThreeKinds{{3.0, 1.5, -1.0, 1.2, 3.0, 0.7, 0.2, 0.5, 0.3}};

TEST(LineLikelihood, IsTheSumOfTwoNormals) {
  const auto likelihood = LineStudy().likelihood(example(), {});
  const Vector theta{{3.0, 1.5, 1.2, 0.7}};
  Vector gradient(4);
  double expected = 0.0;
  for (Eigen::Index n = 0; n < kX.size(); ++n) {
    const double variance = kErr[n] * kErr[n];
    expected += std::log(0.7 * normal_density(kY[n] - 3.0 * kX[n] - 1.5, variance) +
                         0.3 * normal_density(kY[n], variance + std::exp(2.4)));
  }
  EXPECT_NEAR(likelihood->log_likelihood(theta, gradient), expected, 1e-12 * std::abs(expected));
}

TEST(LineLikelihood, TakesAnyNumberOfKindsOfOutliers) {
  const auto likelihood = LineStudy(3).likelihood(example(), {});
  Vector gradient(9);
  density::Matrix p;
  likelihood->memberships(kThreeKinds, p);
  double expected = 0.0;
  for (Eigen::Index n = 0; n < kX.size(); ++n) {
    const Eigen::Array4d each = terms(kThreeKinds, n);
    expected += std::log(each.sum());
    EXPECT_NEAR(p(n, 0), each[0] / each.sum(), 1e-12);
  }
  EXPECT_NEAR(likelihood->log_likelihood(kThreeKinds, gradient), expected, 1e-12 * std::abs(expected));
  EXPECT_EQ(likelihood->components(), (std::vector<std::string>{"line", "outlier"}));
}

TEST(LineLikelihood, GradientAgreesWithDifferences) {
  const Vector step = Vector::Constant(1, 1e-4);
  const auto check = [&](const LineStudy& study, const Vector& theta) {
    const auto likelihood = study.likelihood(example(), {});
    const auto f = [&](const Vector& t, Vector& gradient) { return likelihood->log_likelihood(t, gradient); };
    EXPECT_TRUE(tests::check_gradient(f, theta, 1e-6, step));
  };
  check(LineStudy(), Vector{{3.0, 1.5, 1.2, 0.7}});
  check(LineStudy(), Vector{{0.1, -20.0, -2.9, 0.01}});
  check(LineStudy(), Vector{{9.9, 40.0, 3.9, 0.99}});
  check(LineStudy(3), kThreeKinds);
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

/// `points` of a line of this share, the rest outliers of kinds whose ln s are these.
tests::DegenerateFit fit(const LineStudy& study, double points, double share, std::initializer_list<double> log_sd) {
  const Layout layout{static_cast<int>(log_sd.size())};
  Vector truth = Vector::Zero(layout.size());
  truth[Layout::slope()] = 3.0;
  truth[layout.line_fraction()] = share;
  for (int k = 0; k < layout.outliers; ++k) {
    truth[layout.log_sd(k)] = log_sd.begin()[k];
    if (layout.outliers > 1) truth[layout.outlier_weight(k)] = 1.0 / layout.outliers;
  }
  Observation observation;
  for (const auto& key : study.observe_keys()) observation[key.name] = key.default_value;
  observation["points"] = points;
  sim::random::Stream latents({3, 0, 0}, sim::random::Purpose::latents), noise({3, 0, 0}, sim::random::Purpose::noise);
  return tests::fit_degenerate(study, observation, study.simulate(truth, observation, latents, noise));
}

TEST(DegenerateLines, EndWithoutOutliers) { EXPECT_GT(fit(LineStudy(1), 40, 1.0, {3.0}).mean[3], 0.8); }

TEST(DegenerateLines, EndWithoutALine) { EXPECT_LT(fit(LineStudy(1), 40, 0.0, {3.0}).mean[3], 0.3); }

TEST(DegenerateLines, EndWithTwoKindsThatAreOne) {
  const Vector mean = fit(LineStudy(2), 40, 0.5, {3.0, 3.0}).mean;
  EXPECT_LE(mean[2], mean[3]);
}

TEST(DegenerateLines, EndWithAHandfulOfPoints) {
  fit(LineStudy(3), 5, 0.5, {0.0, 1.0, 2.0});
  fit(LineStudy(1), 1, 0.5, {3.0});
}

}  // namespace
}  // namespace praesepe::infer::models::line
