#include "infer/models/association/overlaps.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "infer/models/association/aged_ellipsoid.hpp"
#include "tests/infer/models/association/example_stars.hpp"

namespace praesepe::infer::models::association {
namespace {

using density::Array;
using sim::astrometry::Icrs6;

const double kInfinity = std::numeric_limits<double>::infinity();

/// Elongated, tilted, its velocities tied to its positions: an old group.
Gaussian6 elongated() {
  Gaussian6 gaussian = example_group();
  Matrix6 root = Vector6(20.0, 60.0, 8.0, 1.0, 0.5, 0.8).asDiagonal();
  root.row(3) << 0.7, -0.3, 0.2, 1.0, 0.0, 0.0;
  root.row(4) << -0.4, 0.9, 0.1, 0.2, 0.5, 0.0;
  root(1, 0) = -30.0;
  gaussian.covariance = root * root.transpose();
  return gaussian;
}

Array evaluate(std::vector<StarState> stars, const Gaussian6& gaussian) {
  Array values;
  Overlaps(std::make_shared<const StarStates>(std::move(stars))).evaluate(gaussian, values);
  return values;
}

double log_normal(const Eigen::VectorXd& d, const Eigen::MatrixXd& t) {
  return -0.5 * (static_cast<double>(d.size()) * std::log(2.0 * std::numbers::pi) + std::log(t.determinant()) +
                 d.dot(t.inverse() * d));
}

TEST(Overlaps, AreNormalDensitiesOfWhatWasMeasured) {
  const Gaussian6 gaussian = elongated();
  const auto icrs = example_icrs(gaussian, 21);
  const Array found = evaluate(example_stars(gaussian, 21), gaussian);
  ASSERT_EQ(found.size(), 21);
  const sim::association::GalacticFrame frame;
  for (int n = 0; n < 21; ++n) {
    Icrs6 star = icrs[static_cast<std::size_t>(n)];
    const auto triad = sim::astrometry::local_triad(star.ra, star.dec);
    // Measured directions, written out: three of position, two or three of velocity.
    const bool complete = !std::isnan(star.radial_velocity);
    Eigen::MatrixXd p = Eigen::MatrixXd::Zero(complete ? 6 : 5, 6);
    p.topLeftCorner<3, 3>().setIdentity();
    p.row(3).tail<3>() = frame.rotation * triad.east;
    p.row(4).tail<3>() = frame.rotation * triad.north;
    if (complete) p.row(5).tail<3>() = frame.rotation * triad.radial;
    if (!complete) star.radial_velocity = 25.0;  // anything
    const Matrix6 noise = lsr_covariance(star, example_errors(0.3 + 0.2 * n), frame);
    const double expected =
        log_normal(p * (to_lsr(star, frame) - gaussian.mean), p * (gaussian.covariance + noise) * p.transpose());
    EXPECT_NEAR(found[n], expected, 1e-9 * std::abs(expected)) << "star " << n;
  }
}

// A group of 0.5 pc that is 150 Myr old, and stars up to 1e5 widths away: T has a condition number of 1e5, pc and km/s
// mixed.
TEST(Overlaps, KeepTheirDigitsForNarrowOldGroupsAndFarStars) {
  using LongMatrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
  const Gaussian6 group = aged_ellipsoid(EpicyclicOrbit(), example_mean(), sphere_factor(0.5, 0.05), 150.0).now;
  const auto stars = example_stars(group, 10);
  for (const double shift : {0.0, 10.0, 1e4}) {  // pc
    const Gaussian6 gaussian{.mean = group.mean + shift * Vector6::Ones(), .covariance = group.covariance};
    const Array found = evaluate(stars, gaussian);
    for (int n = 0; n < 10; ++n) {
      const StarState& star = stars[static_cast<std::size_t>(n)];
      LongMatrix p = LongMatrix::Identity(star.measured(), 6);
      if (star.measured() == 5) {
        const Eigen::Matrix<long double, 3, 1> line = star.unseen.cast<long double>(), across = line.unitOrthogonal();
        p.row(3).tail<3>() = across;
        p.row(4).tail<3>() = line.cross(across).normalized();
      }
      const LongMatrix t = p * (gaussian.covariance + star.state.covariance).cast<long double>() * p.transpose();
      const LongMatrix d = p * (star.state.mean - gaussian.mean).cast<long double>();
      const Eigen::LLT<LongMatrix> root(t);
      const long double expected =
          -0.5L * static_cast<long double>(t.rows()) * std::log(2.0L * std::numbers::pi_v<long double>) -
          LongMatrix(root.matrixL()).diagonal().array().log().sum() - 0.5L * root.matrixL().solve(d).squaredNorm();
      EXPECT_NEAR(found[n], static_cast<double>(expected), 1e-11 * (1.0 + std::abs(found[n]))) << "star " << n;
    }
  }
}

TEST(Overlaps, WithoutRadialVelocityAreThoseOfAnyRadialVelocityIntegrated) {
  const Gaussian6 gaussian = elongated();
  Icrs6 star = example_icrs(gaussian, 1)[0];
  ASSERT_TRUE(std::isnan(star.radial_velocity));
  const double expected = evaluate({star_state(star, example_errors(0.0), {})}, gaussian)[0];
  double integral = 0.0;  // trapezoids: exact to rounding for a Gaussian
  const double step = 0.1;
  for (star.radial_velocity = -100.0; star.radial_velocity <= 100.0; star.radial_velocity += step) {
    integral += step * std::exp(evaluate({star_state(star, example_errors(0.0), {})}, gaussian)[0] - expected);
  }
  EXPECT_NEAR(integral, 1.0, 1e-7);  // positions move the line of sight by 1e-10
}

TEST(Overlaps, WithoutRadialVelocityAreTheLimitOfALargeError) {
  const Gaussian6 gaussian = elongated();
  Icrs6 star = example_icrs(gaussian, 1)[0];
  const double expected = evaluate({star_state(star, example_errors(0.0), {})}, gaussian)[0];
  star.radial_velocity = 3.0;
  for (const double error : {1e3, 1e4}) {
    const double found = evaluate({star_state(star, example_errors(error), {})}, gaussian)[0];
    EXPECT_NEAR(found + std::log(std::sqrt(2.0 * std::numbers::pi) * error), expected, 400.0 / (error * error));
  }
}

/// Correlated errors, that of the parallax so many times smaller than it.
Matrix6 errors_of(const Icrs6& star, double parallax_over_error) {
  Matrix6 errors = example_errors(1.0);
  errors.topLeftCorner<2, 6>().setZero();
  errors.topLeftCorner<6, 2>().setZero();
  const double scale = star.parallax / parallax_over_error / std::sqrt(errors(2, 2));
  errors.block<3, 3>(2, 2) *= scale * scale;
  return errors;
}

/// Log density of a star whose direction is exact, by a sum over its distance: position, then velocity given position,
/// then what is measured of it; in the units of the state at 1 / parallax.
double log_density_by_distance(const Gaussian6& gaussian, const Icrs6& star, const Matrix6& errors) {
  const sim::association::GalacticFrame frame;
  const auto triad = sim::astrometry::local_triad(star.ra, star.dec);
  const int measured = std::isnan(star.radial_velocity) ? 3 : 4;  // parallax, proper motions, radial velocity
  const Eigen::Matrix3d cxx = gaussian.covariance.topLeftCorner<3, 3>();
  const Eigen::Matrix3d gain = gaussian.covariance.bottomLeftCorner<3, 3>() * cxx.inverse();
  const Eigen::Matrix3d cv =
      gaussian.covariance.bottomRightCorner<3, 3>() - gain * gaussian.covariance.topRightCorner<3, 3>();
  const double per_motion = frame.kms_per_masyr_kpc / 1000.0, nearest = 1000.0 / star.parallax;
  Eigen::VectorXd data(4);
  data << star.parallax, star.pmra, star.pmdec, star.radial_velocity;
  double top = -kInfinity, sum = 0.0;
  constexpr double kStep = 2e-3;
  for (double t = -3.0; t <= 3.0; t += kStep) {
    const double r = nearest * std::exp(t);
    const Eigen::Vector3d off = frame.sun_position_pc + frame.rotation * (r * triad.radial) - gaussian.mean.head<3>();
    const Eigen::Vector3d speed = gaussian.mean.tail<3>() + gain * off - frame.sun_velocity_kms;
    Eigen::MatrixXd a = Eigen::MatrixXd::Zero(4, 3);
    a.row(1) = (frame.rotation * triad.east).transpose() / (per_motion * r);
    a.row(2) = (frame.rotation * triad.north).transpose() / (per_motion * r);
    a.row(3) = (frame.rotation * triad.radial).transpose();
    Eigen::VectorXd expected = a * speed;
    expected[0] = 1000.0 / r;
    const Eigen::MatrixXd t4 = errors.bottomRightCorner<4, 4>() + a * cv * a.transpose();
    const double value = 3.0 * std::log(r) + log_normal(off, cxx) +
                         log_normal((data - expected).head(measured), t4.topLeftCorner(measured, measured));
    if (value > top) {
      sum *= std::exp(top - value);
      top = value;
    }
    sum += kStep * std::exp(value - top);
  }
  return top + std::log(sum) - 4.0 * std::log(nearest) + std::log(1000.0) - 2.0 * std::log(per_motion * nearest);
}

TEST(Overlaps, AreIntegralsOverTheDistance) {
  const Gaussian6 narrow = sim::association::birth_sphere(example_mean(), 2.0, 0.5);
  for (const Gaussian6& gaussian : {elongated(), narrow}) {
    const auto icrs = example_icrs(gaussian, 12);  // every third without radial velocity
    for (const double parallax_over_error : {3.0, 5.0, 10.0, 29.0, 31.0, 49.0, 51.0, 69.0, 71.0, 99.0}) {
      std::vector<StarState> stars;
      for (const Icrs6& star : icrs) {
        stars.push_back(star_state(star, errors_of(star, parallax_over_error), {}, Distances::integrated));
      }
      const Array found = evaluate(stars, gaussian);
      for (int n = 0; n < 12; ++n) {
        const Icrs6& star = icrs[at(n)];
        const double expected = log_density_by_distance(gaussian, star, errors_of(star, parallax_over_error));
        EXPECT_NEAR(found[n], expected, 1e-5) << "star " << n << ", " << parallax_over_error << " sigma";
      }
    }
  }
}

TEST(Overlaps, HaveTheSlopesThatDifferencesFind) {
  Overlaps overlaps(std::make_shared<const StarStates>(example_stars(example_group(), 11)));
  Array weight = Array::LinSpaced(11, 1.0, 3.0), values;
  weight[3] = 0.0;
  const Gaussian6 gaussian = elongated();
  const auto sum = [&](const Vector6& shift, const Matrix6& change) {
    overlaps.evaluate({.mean = gaussian.mean + shift, .covariance = gaussian.covariance + change}, values);
    return (weight * values).sum();
  };
  sum(Vector6::Zero(), Matrix6::Zero());
  const GaussianSlopes found = overlaps.slopes(weight);
  const auto slope = [&](const Vector6& shift, const Matrix6& change) {  // errors of order h^4
    const auto central = [&](double h) {
      return (sum(h * shift, h * change) - sum(-h * shift, -h * change)) / (2 * h);
    };
    return (4.0 * central(0.5) - central(1.0)) / 3.0;
  };
  const Vector6 scale = 0.003 * gaussian.covariance.diagonal().cwiseSqrt();
  for (int i = 0; i < 6; ++i) {
    const double by_mean = slope(scale[i] * Vector6::Unit(i), Matrix6::Zero());
    EXPECT_NEAR(scale[i] * found.by_mean[i], by_mean, 1e-8);
    for (int j = 0; j <= i; ++j) {
      Matrix6 change = Matrix6::Zero();
      change(i, j) += 0.5 * scale[i] * scale[j];
      change(j, i) += 0.5 * scale[i] * scale[j];
      EXPECT_NEAR(scale[i] * scale[j] * found.by_covariance(i, j), slope(Vector6::Zero(), change), 1e-9);
    }
  }
}

TEST(Overlaps, GoWithTheirStars) {
  auto stars = example_stars(elongated(), 19);
  const Array forwards = evaluate(stars, example_group());
  std::ranges::reverse(stars);
  const Array backwards = evaluate(stars, example_group());
  EXPECT_EQ((forwards - backwards.reverse()).abs().maxCoeff(), 0.0);
}

TEST(Overlaps, SayImpossibleWhereNothingHasAWidth) {
  auto stars = example_stars(example_group(), 3);
  stars[1].state.covariance.setZero();
  Overlaps overlaps(std::make_shared<const StarStates>(stars));
  Array values;
  overlaps.evaluate({.mean = example_mean()}, values);
  EXPECT_EQ(values[1], -kInfinity);
  const Array weight{{0.0, 1.0, 0.0}};
  EXPECT_EQ(overlaps.slopes(weight).by_mean.norm(), 0.0);
  overlaps.evaluate({.mean = Vector6::Constant(std::numeric_limits<double>::quiet_NaN())}, values);
  EXPECT_EQ(values.maxCoeff(), -kInfinity);
}

}  // namespace
}  // namespace praesepe::infer::models::association
