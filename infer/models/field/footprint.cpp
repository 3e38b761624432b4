#include "infer/models/field/footprint.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "infer/models/field/stars.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::field {

double solid_angle(const sim::astrometry::Catalogue& catalogue, double radius) {
  double half = 0.5 * radius * sim::astrometry::kRadPerDeg;
  if (radius == 0.0) {
    const Eigen::Matrix3Xd radial = directions(catalogue).radial;
    const Eigen::Vector3d middle = radial.rowwise().mean().normalized();
    // half the angle: |n - m| = 2 sin(angle / 2)
    half = std::asin(std::min(0.5 * (radial.colwise() - middle).colwise().norm().maxCoeff(), 1.0));
  }
  if (!(half > 0.0)) {
    throw InputError(catalogue.origin + ": all stars are at one place of the sky; set observe.footprint_radius, deg");
  }
  const double sine = std::sin(half);
  return 4.0 * std::numbers::pi * sine * sine;  // 2 pi (1 - cos)
}

}  // namespace praesepe::infer::models::field
