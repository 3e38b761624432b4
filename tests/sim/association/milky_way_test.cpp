#include "sim/association/milky_way.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <numbers>

#include "sim/astrometry/units.hpp"
#include "tests/sim/association/phase_space_checks.hpp"

namespace praesepe::sim::association {
namespace {

using Eigen::Matrix3d;
using Eigen::Vector3d;

const Vector3d kSun(-8000.0, 0.0, 0.0);
const Vector3d kPlaces[] = {kSun, {-7000.0, 900.0, 50.0}, {-300.0, 200.0, -400.0}, {3000.0, -9000.0, 2000.0}};

TEST(MilkyWay, HasTheCircularSpeedItIsScaledTo) {
  const MilkyWay galaxy;
  const double speed = std::sqrt(galaxy.acceleration(kSun).x() * 8000.0);
  EXPECT_NEAR(speed / astrometry::kPcMyrPerKms, 220.0, 1e-11);
  EXPECT_NEAR(galaxy.sun_rotation() * 8000.0, speed, 1e-12 * speed);
}

// Units of galpy: 8 kpc and 220 km/s. Numbers of its documentation for MWPotential2014 (pages on potentials).
TEST(MilkyWay, AgreesWithGalpy) {
  const MilkyWay galaxy;
  const double unit = galaxy.sun_rotation();
  EXPECT_NEAR(std::sqrt(-galaxy.tides(kSun)(2, 2)) / unit, 2.7255405754769875, 1e-8);
  // kappa^2 = d^2 Phi/dR^2 + (3/R) dPhi/dR at 0.8
  const Vector3d inside(-6400.0, 0.0, 0.0);
  const double square = -galaxy.tides(inside)(0, 0) + 3.0 * galaxy.acceleration(inside).x() / 6400.0;
  EXPECT_NEAR(std::sqrt(square) / unit, 1.7452189766287691, 1e-8);
  EXPECT_NEAR(std::sqrt(-2.0 * galaxy.potential(kSun)) / (8000.0 * unit), 2.3316389848832784, 1e-6);
}

TEST(MilkyWay, HasTheLocalDensityOfItsPaper) {
  const double gravity = astrometry::kGravity * astrometry::kPcMyrPerKms * astrometry::kPcMyrPerKms;
  EXPECT_NEAR(-MilkyWay().tides(kSun).trace() / (4.0 * std::numbers::pi * gravity), 0.10, 0.005);  // Msun/pc^3, table 1
}

TEST(MilkyWay, PullsDownItsPotential) {
  const MilkyWay galaxy;
  for (const Vector3d& place : kPlaces) {
    for (int k = 0; k < 3; ++k) {
      const auto slope = central_difference(
          [&](double h) { return Eigen::Vector<double, 1>(galaxy.potential(place + h * Vector3d::Unit(k))); }, 2.0);
      EXPECT_NEAR(galaxy.acceleration(place)[k], -slope[0], 1e-9 * galaxy.acceleration(place).norm());
    }
  }
}

TEST(MilkyWay, HasTheTidesThatDifferencesOfItsPullFind) {
  const MilkyWay galaxy;
  for (const Vector3d& place : kPlaces) {
    for (int k = 0; k < 3; ++k) {
      const Vector3d expected = central_difference(
          [&](double h) { return Vector3d(galaxy.acceleration(place + h * Vector3d::Unit(k))); }, 2.0);
      EXPECT_LT((galaxy.tides(place).col(k) - expected).norm(), 1e-9 * galaxy.tides(place).norm());
    }
  }
}

}  // namespace
}  // namespace praesepe::sim::association
