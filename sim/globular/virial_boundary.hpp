// The largest truncation parameter g that the prior of a globular cluster allows at a given Phi0.
//
//   F_b(Phi0) = g_b(Phi0) - 0.2,    g_b = the smallest g > 1 at which r_v / r_h falls to 0.64
//
// Up to Phi0 = 8.47 and from 9.14 on the ratio does not pass through 0.64: it jumps from about 1 to about 0 where, with
// growing g, the edge goes to infinity; g_b is then that critical g. In between the ratio passes 0.64 continuously. The
// two curves meet at an angle, which is rounded over a few thousandths in Phi0 here, so that F_b is once continuously
// differentiable. Piecewise cubic, 1.4 <= Phi0 <= 16.
// Accuracy: 1e-5 against bisection with the structure solver (tests/sim/globular/virial_boundary_test.cpp). Cost: 10
// ns.
#pragma once

namespace praesepe::sim::globular {

struct VirialBoundary {
  double value = 0.0;   ///< F_b
  double d_phi0 = 0.0;  ///< dF_b / dPhi0
};

inline constexpr double kVirialRatioBound = 0.64;
inline constexpr double kVirialBoundaryMargin = 0.2;

/// Throws InputError outside 1.4 <= phi0 <= 16.
VirialBoundary virial_boundary(double phi0);

}  // namespace praesepe::sim::globular
