// The quadrature of the collapsed likelihood, star by star, against brute force in eight regimes.
#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

#include "infer/models/globular/collapsed_likelihood.hpp"
#include "tests/infer/models/globular/brute_force.hpp"
#include "tests/infer/models/globular/regimes.hpp"

namespace praesepe::infer::models::globular {
namespace {

struct Errors {
  double rms, largest;
};

Errors errors_against(const Vector& expected, const Vector& actual) {
  const Vector difference = actual - expected;
  return {std::sqrt(difference.squaredNorm() / static_cast<double>(difference.size())),
          difference.cwiseAbs().maxCoeff()};
}

Vector star_terms(const sim::astrometry::Catalogue& catalogue, const QuadratureRule& rule, const Vector& theta) {
  density::Array values;
  CollapsedStars(catalogue, rule).log_marginal(theta, values);
  return values.matrix();
}

TEST(CollapsedAccuracy, StarByStarInEightRegimes) {
  constexpr double stars = 100.0;
  for (const auto& regime : tests::regimes()) {
    const auto catalogue = tests::catalogue_of(regime, stars);
    const Vector theta = tests::near_truth(regime);
    Vector expected(static_cast<Eigen::Index>(stars));
    for (Eigen::Index i = 0; i < expected.size(); ++i) {
      expected[i] = tests::brute_force_log_likelihood(catalogue, static_cast<std::size_t>(i), theta);
    }
    const auto error_of = [&](const QuadratureRule& rule) {
      return errors_against(expected, star_terms(catalogue, rule, theta));
    };
    const Errors standard = error_of(QuadratureRule::standard()), reference = error_of(QuadratureRule::reference());
    std::cout << regime.name << ": standard rms " << standard.rms << " max " << standard.largest << ", reference rms "
              << reference.rms << " max " << reference.largest << "\n";
    EXPECT_LE(standard.rms, 5e-5) << regime.name;
    EXPECT_LE(standard.largest, 5e-4) << regime.name;
    EXPECT_LE(reference.rms, 1e-5) << regime.name;
    EXPECT_LE(reference.largest, 1e-4) << regime.name;
  }
}

TEST(CollapsedAccuracy, TotalErrorHardlyVariesOverAPosterior) {
  // Parameters scattered by posterior standard deviations of 1000 stars (Wen et al. 2023): what varies could bias.
  for (const auto& regime : tests::regimes()) {
    const auto catalogue = tests::catalogue_of(regime, 1000.0);
    const auto standard = tests::collapsed(catalogue);
    const auto reference = tests::collapsed(catalogue, QuadratureRule::reference());
    const double parallax = regime.truth[kParallax];
    const Vector sd{{0.3, 0.08, 0.014, 0.015, 0.004, 0.003, 0.003 * parallax, 0.03 * parallax, 0.03 * parallax, 10.0}};
    sim::random::Stream stream({11, 0, 0}, sim::random::Purpose::latents);
    double low = 1e300, high = -1e300;
    for (int draw = 0; draw < 20;) {
      Vector theta = regime.truth, gradient(kParameters);
      for (Eigen::Index i = 0; i < theta.size(); ++i) theta[i] += sd[i] * stream.normal();
      theta[kOrder] = std::max(theta[kOrder], 0.001);
      const double exact = reference.log_likelihood(theta, gradient);
      if (!std::isfinite(exact)) continue;
      const double error = standard.log_likelihood(theta, gradient) - exact;
      low = std::min(low, error);
      high = std::max(high, error);
      ++draw;
    }
    std::cout << regime.name << ": total error varies by " << high - low << "\n";
    EXPECT_LE(high - low, 0.02) << regime.name;
  }
}

}  // namespace
}  // namespace praesepe::infer::models::globular
