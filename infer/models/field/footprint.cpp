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

SettingKey inner_radius_key() {
  return {"footprint_inner_radius", "deg", "radius about the same centre inside which no star is in the catalogue",
          0.0};
}

Footprint footprint(const Observation& observation) {
  return {number(observation, "footprint_ra"), number(observation, "footprint_dec"),
          number(observation, "footprint_radius"),
          observation.contains(inner_radius_key().name) ? number(observation, inner_radius_key().name) : 0.0};
}

void check_footprint(const Observation& observation, bool needed) {
  const auto [ra, dec, radius, inner_radius] = footprint(observation);
  if (!(std::abs(dec) <= 90.0)) throw InputError("observe.footprint_dec: expected -90 to 90 deg");
  if (!(radius >= 0.0 && radius <= 180.0)) throw InputError("observe.footprint_radius: expected 0 to 180 deg");
  if (needed && radius == 0.0) {
    throw InputError(
        "observe.footprint_radius: expected a radius above 0, deg: a simulation must know where its field ends");
  }
  if (!(inner_radius == 0.0 || (inner_radius > 0.0 && inner_radius < radius))) {
    throw InputError("observe.footprint_inner_radius: expected 0 or more, and less than observe.footprint_radius, deg");
  }
}

namespace {

/// 1 - cos: the part of the sphere within this radius (deg), as a share of half of it.
double height(double radius) { return 2.0 * std::pow(std::sin(0.5 * radius * units::kRadPerDeg), 2); }

}  // namespace

double solid_angle(const sim::astrometry::Catalogue& catalogue, const Footprint& footprint) {
  double half = 0.5 * footprint.radius * units::kRadPerDeg;
  if (footprint.radius == 0.0) {
    const Eigen::Matrix3Xd radial = directions(catalogue).radial;
    const Eigen::Vector3d middle = radial.rowwise().mean().normalized();
    // half the angle: |n - m| = 2 sin(angle / 2)
    half = std::asin(std::min(0.5 * (radial.colwise() - middle).colwise().norm().maxCoeff(), 1.0));
  }
  if (!(half > 0.0)) {
    throw InputError(catalogue.origin + ": all stars are at one place of the sky; set observe.footprint_radius, deg");
  }
  const double sine = std::sin(half);
  return 4.0 * std::numbers::pi * sine * sine - 2.0 * std::numbers::pi * height(footprint.inner_radius);
}

bool contains(const Footprint& footprint, double ra, double dec) {
  const double chord2 = (units::local_triad(ra, dec).radial - units::local_triad(footprint.ra, footprint.dec).radial)
                            .squaredNorm();  // 2 (1 - cos)
  return chord2 <= 2.0 * height(footprint.radius) && chord2 >= 2.0 * height(footprint.inner_radius);
}

void check_inside(const sim::astrometry::Catalogue& catalogue, const Footprint& footprint) {
  for (std::size_t row = 0; row < catalogue.rows(); ++row) {
    if (contains(footprint, catalogue["ra"][row], catalogue["dec"][row])) continue;
    throw InputError(fmt::format(
        "{}, row {}, columns ra, dec: the star lies outside the footprint, {} to {} deg from ra {}, dec {}. Remove the "
        "row, or say by observe.footprint_radius and its companions which part of the sky the catalogue covers",
        catalogue.origin, row + 1, footprint.inner_radius, footprint.radius, footprint.ra, footprint.dec));
  }
}

Array log_sky_density(const sim::astrometry::Catalogue& catalogue, const Footprint& footprint) {
  Array density =
      Array::Constant(static_cast<Eigen::Index>(catalogue.rows()), -std::log(solid_angle(catalogue, footprint)));
  if (footprint.radius == 0.0) return density;
  Eigen::Index outside = 0;
  for (Eigen::Index n = 0; n < density.size(); ++n) {
    const auto row = static_cast<std::size_t>(n);
    if (contains(footprint, catalogue["ra"][row], catalogue["dec"][row])) continue;
    density[n] = -std::numeric_limits<double>::infinity();
    ++outside;
  }
  // A simulation, which says of each star what it is, cuts the field at the edge and no cluster.
  const bool may_reach_out = catalogue.has("component") && outside < density.size();
  if (outside > 0 && !may_reach_out) {
    throw InputError(
        fmt::format("{}: {} of {} stars lie outside the footprint, where there is no field; expected all inside "
                    "observe.footprint_radius (deg) of observe.footprint_ra and observe.footprint_dec, "
                    "or observe.footprint_radius = 0",
                    catalogue.origin, outside, density.size()));
  }
  return density;
}

units::Icrs6 place_in(const Footprint& footprint, const std::array<double, 2>& uniform) {
  const auto triad = units::local_triad(footprint.ra, footprint.dec);
  const double low = height(footprint.inner_radius);
  const double up = low + (height(footprint.radius) - low) * uniform[0];  // 1 - cos of the distance from the centre
  const double across = std::sqrt(up * (2.0 - up)), angle = 2.0 * std::numbers::pi * uniform[1];
  const Eigen::Vector3d direction =
      (1.0 - up) * triad.radial + across * (std::cos(angle) * triad.east + std::sin(angle) * triad.north);
  return units::to_icrs({direction, Eigen::Vector3d::Zero()});
}

}  // namespace praesepe::infer::models::field
