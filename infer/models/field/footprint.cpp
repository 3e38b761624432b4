#include "infer/models/field/footprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::field {

namespace units = sim::astrometry;

std::vector<SettingKey> footprint_keys(double ra, double dec) {
  return {{"footprint_ra", "deg", "centre of the disc on the sky over which the field is spread", ra},
          {"footprint_dec", "deg", "centre of that disc", dec},
          {"footprint_radius", "deg", "radius of that disc; 0: of a real catalogue, as far as its farthest star", 0.0}};
}

Footprint footprint(const Observation& observation) {
  return {number(observation, "footprint_ra"), number(observation, "footprint_dec"),
          number(observation, "footprint_radius")};
}

void check_footprint(const Observation& observation, bool needed) {
  const auto [ra, dec, radius] = footprint(observation);
  if (!(std::abs(dec) <= 90.0)) throw InputError("observe.footprint_dec: expected -90 to 90 deg");
  if (!(radius >= 0.0 && radius <= 180.0)) throw InputError("observe.footprint_radius: expected 0 to 180 deg");
  if (needed && radius == 0.0) {
    throw InputError(
        "observe.footprint_radius: expected a radius above 0, deg: a simulation must know where its field ends");
  }
}

double solid_angle(const sim::astrometry::Catalogue& catalogue, double radius) {
  double half = 0.5 * radius * units::kRadPerDeg;
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

Array log_sky_density(const sim::astrometry::Catalogue& catalogue, const Footprint& footprint) {
  const double inside = -std::log(solid_angle(catalogue, footprint.radius));
  Array density = Array::Constant(static_cast<Eigen::Index>(catalogue.rows()), inside);
  if (footprint.radius == 0.0) return density;
  const Eigen::Vector3d middle = units::local_triad(footprint.ra, footprint.dec).radial;
  const Array chord = (directions(catalogue).radial.colwise() - middle).colwise().norm().transpose();
  const double edge = 2.0 * std::sin(0.5 * footprint.radius * units::kRadPerDeg);
  const auto outside = (chord > edge).count();
  // A simulation, which says of each star what it is, cuts the field at the edge and no cluster.
  const bool may_reach_out = catalogue.has("component") && outside < chord.size();
  if (outside > 0 && !may_reach_out) {
    throw InputError(
        fmt::format("{}: {} of {} stars lie outside the footprint, where there is no field; expected all inside "
                    "observe.footprint_radius (deg) of observe.footprint_ra and observe.footprint_dec, "
                    "or observe.footprint_radius = 0",
                    catalogue.origin, outside, chord.size()));
  }
  return (chord <= edge).select(density, -std::numeric_limits<double>::infinity());
}

units::Icrs6 place_in(const Footprint& footprint, const std::array<double, 2>& uniform) {
  const auto triad = units::local_triad(footprint.ra, footprint.dec);
  const double radius = footprint.radius * units::kRadPerDeg;
  const double height =
      2.0 * std::pow(std::sin(0.5 * radius), 2) * uniform[0];  // 1 - cos of the distance from the centre
  const double across = std::sqrt(height * (2.0 - height)), angle = 2.0 * std::numbers::pi * uniform[1];
  const Eigen::Vector3d direction =
      (1.0 - height) * triad.radial + across * (std::cos(angle) * triad.east + std::sin(angle) * triad.north);
  return units::to_icrs({direction, Eigen::Vector3d::Zero()});
}

}  // namespace praesepe::infer::models::field
