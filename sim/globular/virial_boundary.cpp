#include "sim/globular/virial_boundary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/error.hpp"

namespace praesepe::sim::globular {

namespace {

struct Knot {
  double phi0, g, slope;
};

/// g_b and its derivative by bisection with the structure solver (step 0.05), on intervals halved until the cubic
/// Hermite interpolant holds 3e-6.
// clang-format off
constexpr std::array kKnots = {
    Knot{1.4, 3.34543870, -0.125309},
    Knot{2.2, 3.23716110, -0.145989},
    Knot{3, 3.11086118, -0.170382},
    Knot{3.4, 3.04002990, -0.183907},
    Knot{3.8, 2.96364345, -0.198116},
    Knot{4.2, 2.88149191, -0.212654},
    Knot{4.6, 2.79355835, -0.226891},
    Knot{5, 2.70015804, -0.239766},
    Knot{5.4, 2.60214899, -0.249586},
    Knot{5.6, 2.55190550, -0.252584},
    Knot{5.8, 2.50123666, -0.253762},
    Knot{6, 2.45055555, -0.252615},
    Knot{6.2, 2.40038448, -0.248557},
    Knot{6.4, 2.35137086, -0.240925},
    Knot{6.6, 2.30430099, -0.228996},
    Knot{6.8, 2.26010916, -0.212019},
    Knot{7, 2.21987827, -0.189272},
    Knot{7.4, 2.15627153, -0.124275},
    Knot{7.6, 2.13555961, -0.081790},
    Knot{7.8, 2.12393456, -0.033669},
    Knot{8, 2.12231004, 0.017649},
    Knot{8.1, 2.12535663, 0.043169},
    Knot{8.2, 2.13090697, 0.067579},
    Knot{8.3, 2.13880524, 0.089971},
    Knot{8.4, 2.14880299, 0.109421},
    Knot{8.45, 2.15448725, 0.117786},
    Knot{8.475, 2.15748003, 0.121593},
    Knot{8.4875, 2.15893623, 0.112880},
    Knot{8.5, 2.16032843, 0.110239},
    Knot{8.55, 2.16577518, 0.109010},
    Knot{8.6, 2.17130589, 0.112698},
    Knot{8.7, 2.18318115, 0.125652},
    Knot{8.8, 2.19653808, 0.141720},
    Knot{8.9, 2.21152002, 0.157612},
    Knot{9, 2.22792532, 0.169329},
    Knot{9.05, 2.23645736, 0.171277},
    Knot{9.1, 2.24494847, 0.166587},
    Knot{9.1125, 2.24700880, 0.162695},
    Knot{9.125, 2.24899917, 0.154352},
    Knot{9.128125, 2.24947443, 0.149152},
    Knot{9.13125, 2.24991623, 0.136581},
    Knot{9.1375, 2.25076866, 0.136198},
    Knot{9.15, 2.25246628, 0.135418},
    Knot{9.2, 2.25915657, 0.132157},
    Knot{9.4, 2.28417065, 0.117740},
    Knot{9.6, 2.30622504, 0.102859},
    Knot{9.8, 2.32536437, 0.088705},
    Knot{10.2, 2.35571759, 0.063849},
    Knot{10.6, 2.37703048, 0.043372},
    Knot{11, 2.39087958, 0.026386},
    Knot{11.4, 2.39850578, 0.012160},
    Knot{11.8, 2.40091315, 0.000235},
    Knot{12.6, 2.39345902, -0.017577},
    Knot{13.4, 2.37483353, -0.027704},
    Knot{14.2, 2.35119520, -0.030116},
    Knot{14.6, 2.33940527, -0.028544},
    Knot{15, 2.32857708, -0.025349},
    Knot{15.4, 2.31930047, -0.020848},
    Knot{15.8, 2.31201595, -0.015468},
    Knot{16.2, 2.30697564, -0.009715},
    Knot{16.6, 2.30422311, -0.004115},
};
// clang-format on

}  // namespace

VirialBoundary virial_boundary(double phi0) {
  if (!(phi0 >= 1.4 && phi0 <= 16.0)) {
    throw InputError(fmt::format("phi0 = {} is outside 1.4 <= phi0 <= 16, where F_b is defined.", phi0));
  }
  const auto right = std::upper_bound(kKnots.begin() + 1, kKnots.end() - 1, phi0,
                                      [](double value, const Knot& knot) { return value < knot.phi0; });
  const Knot& b = *right;
  const Knot& a = *(right - 1);
  const double h = b.phi0 - a.phi0;
  const double t = (phi0 - a.phi0) / h;
  const double u = 1.0 - t;
  const double rise = b.g - a.g;
  // a.g u^2 (1 + 2t) + b.g t^2 (1 + 2u) + h t u (a.slope u - b.slope t), with u^2 (1 + 2t) + t^2 (1 + 2u) = 1
  const double g = a.g + rise * t * t * (1.0 + 2.0 * u) + h * t * u * (a.slope * u - b.slope * t);
  const double slope = 6.0 * t * u * rise / h + a.slope * u * (u - 2.0 * t) + b.slope * t * (t - 2.0 * u);
  return {g - kVirialBoundaryMargin, slope};
}

}  // namespace praesepe::sim::globular
