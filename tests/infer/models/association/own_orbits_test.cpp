#include "infer/models/association/own_orbits.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <numbers>

#include "infer/models/association/linear_orbits.hpp"
#include "sim/association/galactic_frame.hpp"
#include "sim/random/stream.hpp"
#include "tests/infer/models/association/example_stars.hpp"

namespace praesepe::infer::models::association {
namespace {

using density::Array;

constexpr double kDxyz = 30.0, kDuvw = 3.0, kAge = 100.0;  // pc, km/s, Myr: hot, old, 300 pc across
const Matrix6 kNoErrors = 1e-12 * Matrix6::Identity();

AgedEllipsoid hot_group() {
  return aged_ellipsoid(EpicyclicOrbit(), example_mean(), sphere_factor(kDxyz, kDuvw), kAge);
}

/// Stars of the hot group, each carried along its own orbit.
std::vector<Vector6> members(int count) {
  sim::random::Stream stream({.seed = 7}, sim::random::Purpose::latents);
  std::vector<Vector6> states;
  for (int n = 0; n < count; ++n) {
    Vector6 birth = hot_group().birth_mean();
    for (Eigen::Index i = 0; i < 6; ++i) birth[i] += (i < 3 ? kDxyz : kDuvw) * stream.normal();
    states.push_back(EpicyclicOrbit().trace(birth, kAge));
  }
  return states;
}

/// Log density of a state today: of its birth, times the determinant of the map back.
double log_density_today(const Vector6& state) {
  const auto back = EpicyclicOrbit().linearise(state, -kAge);
  const Vector6 off = back.state - hot_group().birth_mean();
  return -3.0 * std::log(2.0 * std::numbers::pi) - 3.0 * std::log(kDxyz * kDuvw) -
         0.5 * (off.head<3>().squaredNorm() / (kDxyz * kDxyz) + off.tail<3>().squaredNorm() / (kDuvw * kDuvw)) +
         std::log(std::abs(back.jacobian.determinant()));
}

Array values_of(std::vector<StarState> stars) {
  Array values;
  OwnOrbits(std::make_shared<const StarStates>(std::move(stars))).evaluate(hot_group(), values);
  return values;
}

Array linear_values_of(std::vector<StarState> stars) {
  Array values;
  LinearOrbits(std::make_shared<const StarStates>(std::move(stars))).evaluate(hot_group(), values);
  return values;
}

TEST(OwnOrbits, GiveTheDensityOfBirthsOfStarsWithoutErrors) {
  std::vector<StarState> stars;
  const auto states = members(50);
  for (const Vector6& state : states) stars.push_back({.state = {.mean = state, .covariance = kNoErrors}});
  const Array found = values_of(stars);
  for (int n = 0; n < 50; ++n) EXPECT_NEAR(found[n], log_density_today(states[at(n)]), 1e-6) << n;
}

/// The density today over all radial velocities, by trapezoids.
double log_integral(const Vector6& state, const Eigen::Vector3d& line) {
  double sum = 0.0;
  constexpr double kStep = 0.05;  // km/s
  const double top = log_density_today(state);
  for (double speed = -60.0; speed <= 60.0; speed += kStep) {
    Vector6 other = state;
    other.tail<3>() += speed * line;
    sum += kStep * std::exp(log_density_today(other) - top);
  }
  return top + std::log(sum);
}

TEST(OwnOrbits, IntegrateOverRadialVelocitiesThatWereNotMeasured) {
  const auto states = members(50);
  std::vector<StarState> stars;
  for (const Vector6& state : states) {
    auto icrs = to_icrs(state, sim::association::GalacticFrame());
    icrs.radial_velocity = std::numeric_limits<double>::quiet_NaN();
    stars.push_back(star_state(icrs, kNoErrors, {}));
  }
  const Array found = values_of(stars), linear = linear_values_of(stars);
  double worst = 0.0, worst_linear = 0.0;
  for (int n = 0; n < 50; ++n) {
    const double expected = log_integral(states[at(n)], stars[at(n)].unseen);
    worst = std::max(worst, std::abs(found[n] - expected));
    worst_linear = std::max(worst_linear, std::abs(linear[n] - expected));
  }
  EXPECT_LT(worst, 0.01);
  EXPECT_GT(worst_linear, 1.0);
}

}  // namespace
}  // namespace praesepe::infer::models::association
