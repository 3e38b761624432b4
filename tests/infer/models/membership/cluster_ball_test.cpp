#include "infer/models/membership/cluster_ball.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"
#include "tests/infer/models/field/example_stars.hpp"

namespace praesepe::infer::models::membership {
namespace {

namespace units = sim::astrometry;
using Eigen::Vector3d;
using field::directions;
using field::example_stars;
using field::measured;
using field::parallax_covariance;
using field::proper_motions;

constexpr BallIndices kIndices{0, 1, 2, 3, 4, 5, 6, 7};

ClusterBall example_ball() {
  const auto stars = example_stars();
  return {directions(stars),          measured(stars, "parallax"),        proper_motions(stars),
          parallax_covariance(stars), measured(stars, "radial_velocity"), kIndices};
}

/// The same from the definition: position and velocity in three dimensions, four measured numbers, distance by adaptive
/// quadrature.
double brute_force(const Vector& theta, Eigen::Index n) {
  const auto stars = example_stars();
  const auto pm = proper_motions(stars);
  const auto parallax = measured(stars, "parallax"), velocity = measured(stars, "radial_velocity");
  const auto covariance = parallax_covariance(stars);
  const auto centre = units::to_cartesian({theta[0], theta[1], theta[2], theta[3], theta[4], theta[5]});
  const auto i = static_cast<std::size_t>(n);
  const auto triad = units::local_triad(stars["ra"][i], stars["dec"][i]);
  const bool has_velocity = !std::isnan(velocity.value[n]);
  const double size = theta[6], variance = theta[7] * theta[7], k = units::kKmsPerMasyrPc;
  const auto integrand = [&](double r) {  // pc
    const Vector3d x = r * triad.radial - centre.position_pc;
    // the velocity seen: row by row a linear map of V ~ N(U, s^2 1)
    Eigen::Matrix<double, 4, 3> b;
    b << Vector3d::Zero().transpose(), triad.east.transpose() / (k * r), triad.north.transpose() / (k * r),
        triad.radial.transpose();
    Eigen::Matrix4d t = variance * b * b.transpose();
    t(0, 0) += parallax.variance[n];
    t(0, 1) += covariance.pmra[n];
    t(0, 2) += covariance.pmdec[n];
    t(1, 1) += pm.var_pmra[n];
    t(1, 2) += pm.cov[n];
    t(2, 2) += pm.var_pmdec[n];
    t(3, 3) += has_velocity ? velocity.variance[n] : 1.0;
    t = t.selfadjointView<Eigen::Upper>();
    Eigen::Vector4d d(parallax.value[n] - 1000.0 / r, pm.pmra[n], pm.pmdec[n], has_velocity ? velocity.value[n] : 0.0);
    d -= b * centre.velocity_kms;
    const Eigen::Index m = has_velocity ? 4 : 3;
    const Eigen::MatrixXd block = t.topLeftCorner(m, m);
    const double chi2 = d.head(m).dot(block.inverse() * d.head(m));
    return r * r * std::exp(-0.5 * x.squaredNorm() / (size * size)) / std::pow(2.0 * M_PI * size * size, 1.5) *
           std::exp(-0.5 * chi2) / std::sqrt(std::pow(2.0 * M_PI, m) * block.determinant());
  };
  const double along = triad.radial.dot(centre.position_pc);
  double sum = 0.0;
  for (double depth = -10.0; depth < 10.0; depth += 0.25) {
    sum += boost::math::quadrature::gauss_kronrod<double, 31>::integrate(integrand, along + depth * size,
                                                                         along + (depth + 0.25) * size, 8, 1e-10);
  }
  return std::log(sum);
}

const std::vector<Vector> kClusters{Vector{{56.1, 24.0, 2.0, 5.0, -8.0, 5.0, 5.0, 1.0}},
                                    Vector{{55.9, 24.2, 2.05, 4.8, -8.3, 2.0, 30.0, 0.3}},
                                    Vector{{56.2, 23.9, 0.35, -3.0, -1.0, -40.0, 20.0, 6.0}}};

/// Stars less likely than this are no members of any cluster that a field stands beside; there the integrand over the
/// distance may be far from a Gaussian, and the rule is good to 0.2 in ln m only.
constexpr double kUnlikely = -60.0;

TEST(ClusterBall, AgreesWithAdaptiveQuadratureOfTheDefinition) {
  double worst = 0.0;
  for (const Vector& theta : kClusters) {
    Array values;
    example_ball().log_marginal(theta, values);
    for (Eigen::Index n = 0; n < values.size(); ++n) {
      const double brute = brute_force(theta, n);
      if (brute < kUnlikely) continue;
      worst = std::max(worst, std::abs(values[n] - brute));
      EXPECT_NEAR(values[n], brute, 1e-6) << n << " at " << theta.transpose();
    }
  }
  std::printf("  largest error of ln m: %.1e\n", worst);
}

TEST(ClusterBall, GradientAgreesWithDifferences) {
  const Vector step{{1e-4, 1e-4, 1e-4, 1e-3, 1e-3, 1e-2, 1e-2, 1e-3}};
  const ClusterBall ball = example_ball();
  for (const Vector& theta : kClusters) {
    Array values;
    ball.log_marginal(theta, values);
    const Array weight = (values > kUnlikely).select(Array::LinSpaced(values.size(), 1.0, 6.0), 0.0);
    const auto f = [&](const Vector& x, Vector& gradient) {
      ball.log_marginal(x, values);
      gradient.setZero(x.size());
      ball.pull_back(x, weight, gradient);
      return (weight == 0.0).select(0.0, weight * values).sum();
    };
    EXPECT_TRUE(tests::check_gradient(f, theta, 1e-6, step));
  }
}

}  // namespace
}  // namespace praesepe::infer::models::membership
