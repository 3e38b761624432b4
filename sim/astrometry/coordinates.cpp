#include "sim/astrometry/coordinates.hpp"

#include <cmath>

#include "sim/astrometry/units.hpp"

namespace praesepe::sim::astrometry {

namespace {

LocalTriad triad(double cos_ra, double sin_ra, double cos_dec, double sin_dec) {
  return {.east = {-sin_ra, cos_ra, 0.0},
          .north = {-cos_ra * sin_dec, -sin_ra * sin_dec, cos_dec},
          .radial = {cos_ra * cos_dec, sin_ra * cos_dec, sin_dec}};
}

}  // namespace

LocalTriad local_triad(double ra_deg, double dec_deg) {
  const double ra = kRadPerDeg * ra_deg, dec = kRadPerDeg * dec_deg;
  return triad(std::cos(ra), std::sin(ra), std::cos(dec), std::sin(dec));
}

Cartesian6 to_cartesian(const Icrs6& star) {
  const auto [east, north, radial] = local_triad(star.ra, star.dec);
  const double distance = distance_pc(star.parallax);
  // Eqs 25-27 and 28-30.
  return {.position_pc = distance * radial,
          .velocity_kms =
              star.radial_velocity * radial + kKmsPerMasyrPc * distance * (star.pmra * east + star.pmdec * north)};
}

Icrs6 chain_to_icrs(const Icrs6& star, const Cartesian6& slope) {
  const auto [p, q, r] = local_triad(star.ra, star.dec);
  const double cosine = std::cos(kRadPerDeg * star.dec), sine = std::sin(kRadPerDeg * star.dec);
  const double distance = distance_pc(star.parallax), k = kKmsPerMasyrPc * distance;
  const double east = k * star.pmra, north = k * star.pmdec;
  const auto &by_x = slope.position_pc, &by_v = slope.velocity_kms;
  // dr/da = cos d p, dp/da = sin d q - cos d r, dq/da = -sin d p;   dr/dd = q, dp/dd = 0, dq/dd = -r
  const Eigen::Vector3d v_a = star.radial_velocity * cosine * p + east * (sine * q - cosine * r) - north * sine * p;
  const Eigen::Vector3d v_d = star.radial_velocity * q - north * r;
  return {.ra = kRadPerDeg * (distance * cosine * by_x.dot(p) + by_v.dot(v_a)),
          .dec = kRadPerDeg * (distance * by_x.dot(q) + by_v.dot(v_d)),
          // dR / d parallax = -R^2 / 1000
          .parallax = -1e-3 * distance * (distance * by_x.dot(r) + by_v.dot(east * p + north * q)),
          .pmra = k * by_v.dot(p),
          .pmdec = k * by_v.dot(q),
          .radial_velocity = by_v.dot(r)};
}

Icrs6 to_icrs(const Cartesian6& star) {
  const double x = star.position_pc.x(), y = star.position_pc.y(), z = star.position_pc.z();
  const double axis_distance = std::hypot(x, y);
  const double distance = std::hypot(x, y, z);
  // Sines and cosines come from ratios of coordinates: near the pole they keep the digits that angles in deg have lost.
  const bool on_axis = axis_distance == 0.0;
  const auto [east, north, radial] = triad(on_axis ? 1.0 : x / axis_distance, on_axis ? 0.0 : y / axis_distance,
                                           axis_distance / distance, z / distance);
  const double masyr_per_kms = 1.0 / (kKmsPerMasyrPc * distance);
  // Eqs 31-36.
  return {.ra = wrap_degrees(std::atan2(y, x) / kRadPerDeg),
          .dec = std::atan2(z, axis_distance) / kRadPerDeg,
          .parallax = 1000.0 / distance,
          .pmra = masyr_per_kms * east.dot(star.velocity_kms),
          .pmdec = masyr_per_kms * north.dot(star.velocity_kms),
          .radial_velocity = radial.dot(star.velocity_kms)};
}

double wrap_degrees(double angle_deg) {
  const double remainder = std::fmod(angle_deg, 360.0);
  const double wrapped = remainder < 0.0 ? remainder + 360.0 : remainder;
  return wrapped < 360.0 ? wrapped : 0.0;  // -1e-20 + 360 rounds up to 360
}

}  // namespace praesepe::sim::astrometry
