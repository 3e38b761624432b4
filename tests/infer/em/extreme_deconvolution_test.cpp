#include "infer/em/extreme_deconvolution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <cmath>

#include "sim/error.hpp"
#include "simulated_points.hpp"
#include "tests/support/reference_table.hpp"

namespace praesepe::infer::em {
namespace {

using sim::random::Purpose;
using sim::random::Stream;
using namespace praesepe::tests;

NoisyPoints reference_points() {
  const auto table = read_reference("xd2d_public.csv");
  NoisyPoints points(2);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    Matrix noise(2, 2);
    noise << table.number(i, "S00"), table.number(i, "S01"), table.number(i, "S01"), table.number(i, "S11");
    points.add(Eigen::Vector2d(table.number(i, "y0"), table.number(i, "y1")), noise);
  }
  return points;
}

/// Rows of what = "start" or "result".
GaussianMixture reference_mixture(const std::string& what) {
  const auto table = read_reference("xd2d_public_xd.csv");
  GaussianMixture mixture;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    if (table.rows[i].at("what") != what) continue;
    const auto number = [&](const char* column) { return table.number(i, column); };
    Matrix covariance(2, 2);
    covariance << number("covariance_00"), number("covariance_01"), number("covariance_01"), number("covariance_11");
    mixture.components.push_back({number("weight"), Eigen::Vector2d(number("mean_0"), number("mean_1")), covariance});
  }
  return mixture;
}

void expect_same_maximum(const GaussianMixture& a, const GaussianMixture& b, double tolerance) {
  for (std::size_t k = 0; k < b.size(); ++k) {
    EXPECT_NEAR(a.components[k].weight, b.components[k].weight, 0.1 * tolerance) << k;
    EXPECT_LT((a.components[k].mean - b.components[k].mean).cwiseAbs().maxCoeff(), 0.1 * tolerance) << k;
    EXPECT_LT((a.components[k].covariance - b.components[k].covariance).cwiseAbs().maxCoeff(),
              tolerance * b.components[k].covariance.cwiseAbs().maxCoeff())
        << k;
  }
}

void expect_monotone(const Fit& fit, double rounding = 1e-12) {
  for (std::size_t i = 1; i < fit.history.size(); ++i)
    ASSERT_GE(fit.history[i], fit.history[i - 1] - rounding * std::abs(fit.history[i - 1])) << "iteration " << i;
}

TEST(ExtremeDeconvolution, ReachesTheMaximumOfTheCLibraryFromTheSameStart) {
  const auto points = reference_points();
  const auto result = reference_mixture("result");
  EXPECT_NEAR(log_likelihood(points, result) / 600.0, -4.202816630513642, 1e-10);
  for (const bool accelerate : {true, false}) {
    const Fit found = fit(points, reference_mixture("start"), {.tolerance = 1e-13, .accelerate = accelerate});
    EXPECT_EQ(found.state, State::converged) << found.message;
    EXPECT_NEAR(found.log_likelihood / 600.0, -4.202816630513642, 1e-9);
    expect_same_maximum(found.mixture, result, 1e-4);  // 1e-5 on weights and means, 1e-4 relative on covariances
    expect_monotone(found);
    RecordProperty(accelerate ? "accelerated_passes" : "plain_passes", found.passes);
  }
}

TEST(ExtremeDeconvolution, NeverMakesTheObjectiveSmaller) {
  for (std::uint32_t seed = 0; seed < 8; ++seed) {
    Stream stream({.seed = 31}, Purpose::latents, seed);
    const auto truth = random_mixture(3, 3, 0.8, stream), start = random_mixture(3, 3, 2.0, stream);
    const auto points = mixed_points(truth, 400, 0.7, stream);
    for (const double w : {0.0, 0.01, 1.0})
      for (const bool accelerate : {true, false}) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << ", w " << w << ", accelerate " << accelerate);
        const Fit found = fit(points, start, {.regularisation = w, .max_iterations = 300, .accelerate = accelerate});
        EXPECT_TRUE(std::isfinite(found.objective()));
        EXPECT_EQ(found.history.size(), static_cast<std::size_t>(found.iterations) + 1);
        // Without regularisation some of these fits shrink onto the points without noise, and digits go.
        expect_monotone(found, w > 0.0 ? 1e-12 : 1e-9);
        EXPECT_TRUE(w == 0.0 || found.state != State::singular) << found.message;
      }
  }
}

TEST(ExtremeDeconvolution, NeverMakesItSmallerWithFixedParametersEither) {
  Stream stream({.seed = 32}, Purpose::latents);
  const auto truth = random_mixture(3, 3, 0.8, stream), start = random_mixture(3, 3, 2.0, stream);
  const auto points = mixed_points(truth, 300, 0.7, stream);
  for (const bool accelerate : {true, false}) {
    const Fit found = fit(points, start,
                          {.regularisation = 0.1,
                           .accelerate = accelerate,
                           .fixed = {{.weight = true}, {.mean = true}, {.mean = true, .covariance = true}}});
    expect_monotone(found);
    EXPECT_EQ(found.mixture.components[0].weight, start.components[0].weight);
    EXPECT_EQ(found.mixture.components[1].mean, start.components[1].mean);
    EXPECT_EQ(found.mixture.components[2].covariance, start.components[2].covariance);
  }
}

TEST(ExtremeDeconvolution, StaysAtTheStartIfAllIsFixed) {
  Stream stream({.seed = 38}, Purpose::latents);
  const auto truth = random_mixture(2, 2, 1.0, stream);
  const Fixed all{.weight = true, .mean = true, .covariance = true};
  const Fit found = fit(complete_points(truth, 20, 0.5, stream), truth, {.regularisation = 0.1, .fixed = {all, all}});
  EXPECT_EQ(found.state, State::converged) << found.message;
  EXPECT_EQ(found.mixture.components[1].covariance, truth.components[1].covariance);
}

TEST(ExtremeDeconvolution, StopsWhereThePenalisedLikelihoodIsFlat) {
  // Derivatives from the E step plus those of the penalty, at the end of an accelerated fit.
  Stream stream({.seed = 33}, Purpose::latents);
  const auto truth = random_mixture(3, 2, 1.5, stream);
  const auto points = mixed_points(truth, 600, 0.5, stream);
  const double w = 0.2;
  const Fit found = fit(points, truth, {.regularisation = w, .tolerance = 1e-13});
  ASSERT_EQ(found.state, State::converged);
  constexpr double kStep = 1e-6;
  const auto objective = [&](const GaussianMixture& mixture) {
    double value = log_likelihood(points, mixture);
    for (const auto& component : mixture.components) {
      const Eigen::LLT<Matrix> factor(component.covariance);
      value -= Matrix(factor.matrixL()).diagonal().array().log().sum() +
               0.5 * w * factor.solve(Matrix::Identity(3, 3)).trace();
    }
    return value;
  };
  EXPECT_NEAR(objective(found.mixture), found.objective(), 1e-9);
  for (std::size_t k = 0; k < 2; ++k)
    for (Eigen::Index a = 0; a < 3; ++a)
      for (Eigen::Index b = 0; b <= a; ++b) {
        auto up = found.mixture, down = found.mixture;
        for (auto [mixture, sign] : {std::pair{&up, 1.0}, std::pair{&down, -1.0}}) {
          auto& component = mixture->components[k];
          component.covariance(a, b) += sign * kStep;
          if (a != b) component.covariance(b, a) += sign * kStep;
          if (a == b) component.mean[a] += sign * kStep;
        }
        EXPECT_LT(std::abs(objective(up) - objective(down)) / (2.0 * kStep), 1e-3) << k << a << b;
      }
}

TEST(ExtremeDeconvolution, OfOneComponentWithoutNoiseIsTheSampleMeanAndCovariance) {
  Stream stream({.seed = 34}, Purpose::latents);
  const auto truth = random_mixture(4, 1, 1.0, stream);
  NoisyPoints points(4);
  Matrix all(4, 50);
  for (Eigen::Index i = 0; i < 50; ++i) {
    all.col(i) = draw_from(truth, stream);
    points.add(all.col(i), Matrix::Zero(4, 4));
  }
  const Fit found = fit(points, {{{1.0, Vector::Zero(4), 30.0 * Matrix::Identity(4, 4)}}});
  const Vector mean = all.rowwise().mean();
  const Matrix off = all.colwise() - mean;
  EXPECT_EQ(found.state, State::converged) << found.message;
  EXPECT_LT((found.mixture.components[0].mean - mean).norm(), 1e-12);
  EXPECT_LT((found.mixture.components[0].covariance - off * off.transpose() / 50.0).norm(), 1e-12);
}

// Information: 4000 points, noise as wide as the components. Every mean within 5 standard errors, taken as twice those
// of points without noise and labels: false alarms < 1e-5. Without deconvolution variances would be too large by 1.
TEST(ExtremeDeconvolution, RecoversTheMixtureBehindTheNoise) {
  Stream stream({.seed = 35}, Purpose::latents);
  GaussianMixture truth{
      {{0.3, Eigen::Vector2d(-3, 0), Matrix::Identity(2, 2)}, {0.7, Eigen::Vector2d(3, 1), Matrix::Identity(2, 2)}}};
  truth.components[0].covariance << 1.0, 0.6, 0.6, 1.0;
  const auto points = complete_points(truth, 4000, 1.0, stream);
  const Fit found = fit(points, truth);
  for (std::size_t k = 0; k < 2; ++k) {
    const double error = 2.0 / std::sqrt(truth.components[k].weight * 4000.0);
    EXPECT_LT((found.mixture.components[k].mean - truth.components[k].mean).cwiseAbs().maxCoeff(), 5.0 * error);
    EXPECT_LT((found.mixture.components[k].covariance - truth.components[k].covariance).cwiseAbs().maxCoeff(),
              5.0 * std::sqrt(2.0) * error);
  }
  EXPECT_LT(bic(points, found.mixture),
            bic(points, fit(points, {{{1.0, Vector::Zero(2), 9.0 * Matrix::Identity(2, 2)}}}).mixture));
}

TEST(ExtremeDeconvolution, GainsByAccelerationWhereComponentsOverlap) {
  Stream stream({.seed = 36}, Purpose::latents);
  const auto truth = random_mixture(2, 3, 0.6, stream);
  const auto points = complete_points(truth, 1000, 0.5, stream);
  const FitOptions accelerated{.tolerance = 1e-11, .max_iterations = 20000};
  FitOptions plain = accelerated;
  plain.accelerate = false;
  const Fit fast = fit(points, truth, accelerated), slow = fit(points, truth, plain);
  EXPECT_GT(fast.objective(), slow.objective() - 1e-4);
  EXPECT_LT(3 * fast.passes, slow.passes);
}

TEST(ExtremeDeconvolution, GivesTheSameBitsEveryTime) {
  Stream stream({.seed = 37}, Purpose::latents);
  const auto truth = random_mixture(3, 2, 1.0, stream);
  const auto points = mixed_points(truth, 200, 0.5, stream);
  EXPECT_EQ(fit(points, truth).history, fit(points, truth).history);
}

TEST(ExtremeDeconvolution, RefusesMalformedInput) {
  const GaussianMixture good{{{1.0, Vector::Zero(2), Matrix::Identity(2, 2)}}};
  NoisyPoints points(2), other(3);
  points.add(Vector::Zero(2), Matrix::Identity(2, 2));
  EXPECT_THROW(fit(other, good), InputError);
  EXPECT_THROW(fit(points, good, {.fixed = {{}, {}}}), InputError);
  EXPECT_THROW(fit(points, good, {.regularisation = -1.0}), InputError);
  EXPECT_THROW(fit(points, good, {.tolerance = std::nan("")}), InputError);
  EXPECT_THROW(fit(points, good, {.max_iterations = -1}), InputError);
  EXPECT_THROW(fit(points, {{{0.5, Vector::Zero(2), Matrix::Identity(2, 2)}}}), InputError);
  EXPECT_THROW(log_likelihood(other, good), InputError);
  EXPECT_NO_THROW(fit(points, good));
}

}  // namespace
}  // namespace praesepe::infer::em
