// F_b against bisection with the structure solver.
#include "sim/globular/virial_boundary.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/error.hpp"
#include "sim/globular/lowered_isothermal.hpp"

namespace praesepe::sim::globular {
namespace {

double bisected_boundary(double phi0) {
  LoweredIsothermal model({.step = 0.05});
  const auto inside = [&](double g) { return model.solve(phi0, g) && model.virial_ratio().value > kVirialRatioBound; };
  double low = 1.0;
  while (inside(low + 0.05)) low += 0.05;
  double high = low + 0.05;
  while (high - low > 1e-8) (inside(0.5 * (low + high)) ? low : high) = 0.5 * (low + high);
  return low - kVirialBoundaryMargin;
}

TEST(VirialBoundary, IsWhereTheStructureSolverFindsIt) {
  for (int i = 0; i < 120; ++i) {
    const double phi0 = 1.4 + 14.6 * std::fmod(0.5 + i * 0.6180339887498949, 1.0);
    EXPECT_NEAR(virial_boundary(phi0).value, bisected_boundary(phi0), 1e-5) << phi0;
  }
  // Both ends, and the two angles with their surroundings.
  for (const double phi0 : {1.4, 8.45, 8.465, 8.47, 8.475, 8.48, 8.49, 9.11, 9.12, 9.128, 9.13, 9.135, 9.15, 16.0}) {
    EXPECT_NEAR(virial_boundary(phi0).value, bisected_boundary(phi0), 1e-5) << phi0;
  }
}

TEST(VirialBoundary, IsOnceContinuouslyDifferentiable) {
  const double h = 1e-5;
  for (double phi0 = 1.4 + h; phi0 < 16.0 - h; phi0 += 0.00731) {
    const double difference = (virial_boundary(phi0 + h).value - virial_boundary(phi0 - h).value) / (2.0 * h);
    ASSERT_NEAR(virial_boundary(phi0).d_phi0, difference, 1e-3) << phi0;
    ASSERT_NEAR(virial_boundary(phi0 + h).d_phi0, virial_boundary(phi0 - h).d_phi0, 1e-3) << phi0;
  }
}

TEST(VirialBoundary, IsDefinedOnlyWhereItIsTabulated) {
  EXPECT_THROW(virial_boundary(1.39), InputError);
  EXPECT_THROW(virial_boundary(16.01), InputError);
  EXPECT_THROW(virial_boundary(std::nan("")), InputError);
}

}  // namespace
}  // namespace praesepe::sim::globular
