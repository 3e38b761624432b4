#include "sim/association/epicyclic_orbit.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <vector>

#include "sim/error.hpp"
#include "sim/random/stream.hpp"
#include "tests/sim/association/phase_space_checks.hpp"

namespace praesepe::sim::association {
namespace {

std::vector<EpicyclicOrbit> both() { return {EpicyclicOrbit(), EpicyclicOrbit(chronostar_constants())}; }

Vector6 random_state(random::Stream& rng) {
  Vector6 x;
  for (int k = 0; k < 6; ++k) x[k] = (k < 3 ? 200.0 : 10.0) * rng.normal();
  return x;
}

/// Calls check(orbit, start, time), with both sets of constants, for random states and times to both sides.
template <class Check>
void for_random_orbits(std::uint64_t seed, int count, Check&& check) {
  random::Stream rng({.seed = seed}, random::Purpose::latents);
  for (const EpicyclicOrbit& orbit : both()) {
    for (int i = 0; i < count; ++i) {
      const Vector6 start = random_state(rng);
      check(orbit, start, rng.uniform(-150.0, 150.0));
    }
  }
}

Vector6 steps() { return state(1.0, 1.0, 1.0, 0.1, 0.1, 0.1); }

TEST(EpicyclicOrbit, AgreesWithChronostar) {
  const EpicyclicOrbit orbit(chronostar_constants());
  const auto table = tests::read_reference("chronostar_orbits.csv");
  ASSERT_EQ(table.rows.size(), 7u);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Vector6 found = orbit.trace(read_state(table, row, "start_"), table.number(row, "time"));
    EXPECT_LT((found - read_state(table, row, "end_")).cwiseAbs().maxCoeff(), 1e-8) << "row " << row;
  }
}

TEST(EpicyclicOrbit, LeavesTheLocalStandardOfRestWhereItIs) {
  for (const EpicyclicOrbit& orbit : both()) {
    for (const double time : {-200.0, 1.0, 1000.0}) {
      EXPECT_EQ(orbit.trace(Vector6::Zero(), time).cwiseAbs().maxCoeff(), 0.0);
    }
  }
}

TEST(EpicyclicOrbit, ComesBackAndGoesOnWhereItStopped) {
  for_random_orbits(3, 50, [](const EpicyclicOrbit& orbit, const Vector6& start, double time) {
    const Vector6 end = orbit.trace(start, time);
    EXPECT_LT((orbit.trace(end, -time) - start).cwiseAbs().maxCoeff(), 1e-9);
    EXPECT_LT((orbit.trace(orbit.trace(start, 0.3 * time), 0.7 * time) - end).cwiseAbs().maxCoeff(), 1e-9);
  });
}

TEST(EpicyclicOrbit, StartsWhereItStarts) {
  const Vector6 start = state(-120.0, 80.0, 30.0, 8.0, -5.0, 6.0);
  for (const EpicyclicOrbit& orbit : both()) {
    const LinearisedOrbit end = orbit.linearise(start, 0.0);
    EXPECT_LT((end.state - start).cwiseAbs().maxCoeff(), 1e-11);
    EXPECT_LT((end.jacobian - Matrix6::Identity()).cwiseAbs().maxCoeff(), 1e-13);
  }
}

TEST(EpicyclicOrbit, GivesOneStateWithAndWithoutDerivatives) {
  for_random_orbits(4, 20, [](const EpicyclicOrbit& orbit, const Vector6& start, double time) {
    EXPECT_LT((orbit.linearise(start, time).state - orbit.trace(start, time)).cwiseAbs().maxCoeff(), 1e-10);
  });
}

TEST(EpicyclicOrbit, HasTheFirstDerivativesThatDifferencesFind) {
  for_random_orbits(5, 20, [](const EpicyclicOrbit& orbit, const Vector6& start, double time) {
    const LinearisedOrbit end = orbit.linearise(start, time);
    const Matrix6 by_start =
        jacobian_by_differences([&](const Vector6& x) { return orbit.trace(x, time); }, start, steps());
    EXPECT_LT(row_difference(end.jacobian, by_start), 1e-9);
    const Vector6 rate = central_difference([&](double h) { return Vector6(orbit.trace(start, time + h)); }, 0.1);
    EXPECT_LT((end.rate - rate).cwiseAbs().maxCoeff(), 1e-9);
  });
}

TEST(EpicyclicOrbit, HasTheSecondDerivativesThatDifferencesFind) {
  for_random_orbits(6, 20, [](const EpicyclicOrbit& orbit, const Vector6& start, double time) {
    const CurvedOrbit end = orbit.curve(start, time);
    const auto jacobian = [&](const Vector6& x, double t) { return orbit.linearise(x, t).jacobian; };
    const Matrix6 by_time = central_difference([&](double h) { return Matrix6(jacobian(start, time + h)); }, 0.1);
    for (int k = 0; k < 6; ++k) {
      const Matrix6 by_start = central_difference(
          [&](double h) { return Matrix6(jacobian(start + h * Vector6::Unit(k), time)); }, steps()[k]);
      // Entries are of order 1/R0 (per pc) to 1/kappa R0 (per km/s), that is 1e-4 to 3e-3.
      const double tolerance = 1e-9 * std::max(1e-3, by_start.cwiseAbs().maxCoeff());
      for (int entry = 0; entry < 36; ++entry) {
        const auto slopes = end.pull_back(Vector6::Unit(entry / 6) * Vector6::Unit(entry % 6).transpose());
        EXPECT_NEAR(slopes.by_start[k], by_start(entry / 6, entry % 6), tolerance) << "entry " << entry << " by " << k;
        EXPECT_NEAR(slopes.by_time, by_time(entry / 6, entry % 6), 1e-9 * by_time.row(entry / 6).cwiseAbs().maxCoeff());
      }
    }
  });
}

TEST(EpicyclicOrbit, InvertsItsJacobian) {
  for_random_orbits(7, 20, [](const EpicyclicOrbit& orbit, const Vector6& start, double time) {
    const CurvedOrbit end = orbit.curve(start, time);
    const Matrix6 expected = orbit.linearise(end.first().state, -time).jacobian;
    EXPECT_LT(row_difference(end.inverse_jacobian(), expected), 1e-11);
    EXPECT_LT((end.first().jacobian * end.inverse_jacobian() - Matrix6::Identity()).cwiseAbs().maxCoeff(), 1e-10);
  });
}

// A star that keeps its place in the rotating frame at another radius: circular orbits must stay circular, which needs
// Omega = A - B in step 1 and 2 A in step 3 to fit together. Exact to second order in xi / R0.
TEST(EpicyclicOrbit, KeepsCircularOrbitsCircularWhereItsConstantsAreConsistent) {
  const EpicyclicConstants constants = epicyclic_constants(MilkyWay());
  const double r0 = constants.sun_radius_pc, xi = 10.0;
  const auto radial_excursion = [&](const EpicyclicConstants& used) {
    // Relative to the LSR, at the right angular speed Omega + 2 A xi / R0.
    const double speed =
        (r0 - xi) * (used.oort_a - used.oort_b + 2.0 * used.oort_a * xi / r0) - r0 * (used.oort_a - used.oort_b);
    const EpicyclicOrbit orbit(used);
    double largest = 0.0;
    for (double time = 10.0; time < 200.0; time += 10.0) {
      const Vector6 end = orbit.trace(state(xi, 0.0, 0.0, 0.0, speed / 1.0227121650537077, 0.0), time);
      largest = std::max(largest, std::abs(r0 - std::hypot(r0 - end[0], end[1]) - xi));
    }
    return largest;
  };
  EXPECT_LT(radial_excursion(constants), 2.0 * xi * xi / r0);
  EXPECT_GT(radial_excursion(chronostar_constants()), 10.0 * xi * xi / r0);
}

TEST(EpicyclicOrbit, RefusesConstantsWithoutOscillations) {
  EpicyclicConstants constants = chronostar_constants();
  constants.oort_b = 0.01;
  EXPECT_THROW(EpicyclicOrbit{constants}, InputError);
  constants = chronostar_constants();
  constants.vertical_frequency = 0.0;
  EXPECT_THROW(EpicyclicOrbit{constants}, InputError);
}

}  // namespace
}  // namespace praesepe::sim::association
