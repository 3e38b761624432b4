#include "infer/models/association/present_day_gaussian.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/infer/models/association/example_stars.hpp"
#include "tests/infer/models/field/example_stars.hpp"

namespace praesepe::infer::models::association {
namespace {

using density::Array;
using density::Vector;

const auto kStars = std::make_shared<const StarStates>(example_stars(example_group(), 14));

Vector widths() { return Vector{{30.0, 25.0, 15.0, 9.0, 7.0, 5.0}}; }

TEST(PresentDayGaussian, HasItsWidthsAndCorrelations) {
  Vector theta(28);
  theta << 1.0, example_mean(), widths(), Vector::Zero(15);
  theta[13] = 0.6;   // y with x
  theta[15] = -0.3;  // z with y, x held
  const PresentDayGaussian free(kStars, {.mean = 1, .shape = axes(7, 13)});
  Matrix6 correlation = Matrix6::Identity();
  correlation(0, 1) = correlation(1, 0) = 0.6;
  correlation(1, 2) = correlation(2, 1) = -0.3 * 0.8;
  const Vector6 sd = widths();
  Overlaps overlaps(kStars);
  Array expected, found;
  overlaps.evaluate({.mean = example_mean(), .covariance = sd.asDiagonal() * correlation * sd.asDiagonal()}, expected);
  free.log_marginal(theta, found);
  EXPECT_LT((found - expected).abs().maxCoeff(), 1e-11);
  theta.tail(15).setZero();
  free.log_marginal(theta, expected);
  PresentDayGaussian(kStars, {.mean = 1, .shape = axes(7)}).log_marginal(theta, found);
  EXPECT_LT((found - expected).abs().maxCoeff(), 1e-13);
}

TEST(PresentDayGaussian, HasTheGradientThatDifferencesFind) {
  Vector partials(15);
  for (int i = 0; i < 15; ++i) partials[i] = 0.7 * std::sin(1.0 + 2.0 * i);
  Vector theta(27), unit(27);
  theta << example_mean() + Vector6(5.0, -4.0, 6.0, 2.0, -1.0, 3.0), widths(), partials;
  unit << Vector::Constant(3, 5.0), Vector::Constant(3, 1.0), 0.1 * widths(), Vector::Constant(15, 0.1);
  const PresentDayGaussian free(kStars, {.mean = 0, .shape = axes(6, 12)});
  EXPECT_TRUE(tests::check_gradient(in_units(field::weighted_sum(free), theta, unit), Vector::Zero(27), 1e-8,
                                    Vector::Constant(1, 0.03)));
  const PresentDayGaussian simple(kStars, {.mean = 0, .shape = axes(6)});
  EXPECT_TRUE(tests::check_gradient(in_units(field::weighted_sum(simple), theta.head(12), unit.head(12)),
                                    Vector::Zero(12), 1e-8, Vector::Constant(1, 0.03)));
}

}  // namespace
}  // namespace praesepe::infer::models::association
