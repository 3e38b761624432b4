#include "infer/models/field/field_components.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

#include "tests/infer/models/field/example_stars.hpp"

namespace praesepe::infer::models::field {
namespace {

/// integral f(r) dr from 0 to infinity, in ln r piece by piece, adaptively.
double over_distance(const std::function<double(double)>& f) {
  double sum = 0.0;
  for (double u = std::log(1e-4); u < std::log(1e4); u += 0.05) {
    sum += boost::math::quadrature::gauss_kronrod<double, 15>::integrate(
        [&](double x) { return std::exp(x) * f(std::exp(x)); }, u, u + 0.05, 6, 1e-12);
  }
  return sum;
}

double edsd(double r, double length) { return r * r * std::exp(-r / length) / (2.0 * std::pow(length, 3)); }

double normal(double d, double variance) {
  return std::exp(-0.5 * d * d / variance) / std::sqrt(2.0 * M_PI * variance);
}

/// Parallaxes less likely than this contradict every distance that the field has; then the mass of the integrand lies
/// beyond the nodes.
constexpr double kUnlikely = -20.0;

TEST(FieldDistance, AgreesWithAdaptiveQuadratureAtAnySignalToNoise) {
  double worst = 0.0;
  for (const double length : {0.02, 0.3, 1.3, 8.0, 20.0}) {
    for (const double parallax : {-2.0, -0.1, 0.0, 0.05, 0.3, 1.0, 20.0}) {
      for (const double error : {0.01, 0.05, 0.3, 1.0}) {
        const Measured one{Array::Constant(1, parallax), Array::Constant(1, error * error)};
        Array value;
        FieldDistance(one).evaluate(one.value, one.variance, length, value);
        const double brute =
            over_distance([&](double r) { return edsd(r, length) * normal(parallax - 1.0 / r, error * error); });
        if (std::log(brute) < kUnlikely) continue;
        worst = std::max(worst, std::abs(value[0] - std::log(brute)));
        EXPECT_NEAR(value[0], std::log(brute), 2e-5) << length << ' ' << parallax << ' ' << error;
      }
    }
  }
  std::printf("  largest error of ln m: %.1e\n", worst);
}

TEST(ParallaxField, GradientAgreesWithDifferences) {
  const ParallaxField field(measured(example_stars(), "parallax"), 0);
  for (const double length : {0.1, 1.3, 6.0}) {
    EXPECT_TRUE(tests::check_gradient(weighted_sum(field), Vector{{length}}, 1e-6, Vector::Constant(1, 1e-3)));
  }
}

/// theta = pmra, pmdec, sd, sd, correlation, L, radial velocity, its sd.
FieldStars example_field(double log_density) {
  const auto stars = example_stars();
  return {astrometry(stars),
          Array::Constant(static_cast<Eigen::Index>(stars.rows()), log_density),
          {{0, 1, 2, 3, 4}, 5},
          Gaussian1(measured(stars, "radial_velocity"), 6, 7)};
}

const Vector kField{{2.0, -4.0, 3.0, 5.0, 0.4, 0.8, -10.0, 30.0}};

TEST(FieldStars, AgreesWithTheIntegralOverTheJointDensity) {
  const auto stars = example_stars();
  const auto pm = proper_motions(stars);
  const auto parallax = measured(stars, "parallax"), velocity = measured(stars, "radial_velocity");
  const auto covariance = parallax_covariance(stars);
  Array values;
  example_field(3.0).log_marginal(kField, values);
  for (Eigen::Index n = 0; n < values.size(); ++n) {
    Eigen::Matrix3d t;
    t << parallax.variance[n], covariance.pmra[n], covariance.pmdec[n],  //
        covariance.pmra[n], pm.var_pmra[n] + 9.0, pm.cov[n] + 6.0,       //
        covariance.pmdec[n], pm.cov[n] + 6.0, pm.var_pmdec[n] + 25.0;
    const Eigen::Matrix3d inverse = t.inverse();
    const double brute = over_distance([&](double r) {
      const Eigen::Vector3d d(parallax.value[n] - 1.0 / r, pm.pmra[n] - 2.0, pm.pmdec[n] + 4.0);
      return edsd(r, 0.8) * std::exp(-0.5 * d.dot(inverse * d)) / std::sqrt(std::pow(2.0 * M_PI, 3) * t.determinant());
    });
    const double of_velocity =
        std::isnan(velocity.value[n]) ? 0.0 : std::log(normal(velocity.value[n] + 10.0, velocity.variance[n] + 900.0));
    EXPECT_NEAR(values[n], std::log(brute) + of_velocity + 3.0, 2e-5) << n;
  }
}

TEST(FieldStars, SaysNothingOfAParallaxThatIsMissing) {
  Astrometry data = astrometry(example_stars());
  data.parallax.value[1] = std::numeric_limits<double>::quiet_NaN();
  const FieldStars field(data, Array::Constant(6, 3.0), {{0, 1, 2, 3, 4}, 5});
  const Gaussian2 motions(proper_motions(example_stars()), {0, 1, 2, 3, 4});
  Array values, of_motion;
  field.log_marginal(kField, values);
  motions.log_marginal(kField, of_motion);
  EXPECT_EQ(values[1], of_motion[1] + 3.0);
  Vector gradient = Vector::Zero(kField.size());
  field.pull_back(kField, Array::Ones(6), gradient);
  EXPECT_TRUE(gradient.allFinite());
}

/// The star of the smallest error, 0.02 mas, is shifted by five of them.
TEST(FieldStars, AnErrorThatAllStarsShareIsAShiftOfTheData) {
  const Vector shift{{0.1, -0.3, 0.2}};
  const Astrometry data = astrometry(example_stars());
  Astrometry shifted = data;
  shifted.parallax.value -= shift[0];
  shifted.motions.pmra -= shift[1];
  shifted.motions.pmdec -= shift[2];
  const MotionIndices motion{0, 1, 2, 3, 4};
  const FieldStars shared(data, Array::Zero(6), {motion, 5, {.parallax = 8, .pmra = 9, .pmdec = 10}});
  const FieldStars plain(shifted, Array::Zero(6), {motion, 5});
  Vector theta(11);
  theta << kField, shift;
  Array values, expected;
  shared.log_marginal(theta, values);
  plain.log_marginal(kField, expected);
  EXPECT_LT((values - expected).abs().maxCoeff(), 2e-5);
  const Vector step{{1e-3, 1e-3, 1e-3, 1e-3, 1e-4, 1e-3, 1e-2, 1e-2, 1e-4, 1e-3, 1e-3}};
  EXPECT_TRUE(tests::check_gradient(weighted_sum(shared), theta, 1e-6, step));
}

/// What is left is the parallax; large errors and correlations that stand beside a missing motion say nothing either.
TEST(FieldStars, SaysNothingOfAMotionThatIsMissing) {
  for (const bool are_errors_missing : {true, false}) {
    Astrometry data = astrometry(example_stars());
    const double variance = are_errors_missing ? NAN : 9.0, shared = are_errors_missing ? 0.0 : 0.1;
    data.motions.pmra[2] = data.motions.pmdec[2] = NAN;
    data.motions.var_pmra[2] = data.motions.var_pmdec[2] = variance;
    data.motions.cov[2] = are_errors_missing ? 0.0 : 0.9 * 9.0 + 60.0;
    data.covariance.pmra[2] = data.covariance.pmdec[2] = shared;
    const FieldStars field(data, Array::Constant(6, 3.0), {{0, 1, 2, 3, 4}, 5});
    Array values, of_parallax;
    field.log_marginal(kField, values);
    ParallaxField(data.parallax, 5).log_marginal(kField, of_parallax);
    EXPECT_DOUBLE_EQ(values[2], of_parallax[2] + 3.0);
    const Vector step{{1e-3, 1e-3, 1e-3, 1e-3, 1e-4, 1e-3, 1e-2, 1e-2}};
    EXPECT_TRUE(tests::check_gradient(weighted_sum(field), kField, 1e-6, step));
  }
}

TEST(FieldStars, GradientAgreesWithDifferences) {
  const FieldStars field = example_field(0.0);
  const Vector step{{1e-3, 1e-3, 1e-3, 1e-3, 1e-4, 1e-3, 1e-2, 1e-2}};
  EXPECT_TRUE(tests::check_gradient(weighted_sum(field), kField, 1e-6, step));
  const Vector narrow{{5.0, -8.0, 0.6, 0.5, -0.8, 0.4, 3.0, 8.0}};
  EXPECT_TRUE(tests::check_gradient(weighted_sum(field), narrow, 1e-6, step));
}

}  // namespace
}  // namespace praesepe::infer::models::field
