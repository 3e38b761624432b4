#include "sim/association/galactic_frame.hpp"

#include <cmath>

namespace praesepe::sim::association {

namespace {

using astrometry::Icrs6;

/// Another K than ours is a factor on proper motions.
double stretch(const GalacticFrame& frame) { return frame.kms_per_masyr_kpc / astrometry::kKmsPerMasyrKpc; }

Icrs6 stretched(Icrs6 star, double factor) {
  star.pmra *= factor;
  star.pmdec *= factor;
  return star;
}

}  // namespace

Eigen::Matrix3d galactic_rotation(double pole_ra_deg, double pole_dec_deg, double celestial_pole_longitude_deg) {
  // Seen from the Galactic pole the celestial pole lies to the north, in the direction of its Galactic longitude; east
  // is 90 deg less.
  const auto pole = astrometry::local_triad(pole_ra_deg, pole_dec_deg);
  const double longitude = astrometry::kRadPerDeg * celestial_pole_longitude_deg;
  Eigen::Matrix3d rotation;
  rotation.row(0) = std::cos(longitude) * pole.north + std::sin(longitude) * pole.east;
  rotation.row(1) = std::sin(longitude) * pole.north - std::cos(longitude) * pole.east;
  rotation.row(2) = pole.radial;
  return rotation;
}

GalacticFrame johnson_soderblom_frame() {
  GalacticFrame frame;
  frame.rotation = galactic_rotation(192.8595, 27.1283, 122.9319);
  frame.kms_per_masyr_kpc = 4.74057;
  return frame;
}

Vector6 to_lsr(const Icrs6& star, const GalacticFrame& frame) {
  const auto seen = astrometry::to_cartesian(stretched(star, stretch(frame)));
  Vector6 state;
  state << frame.sun_position_pc + frame.rotation * seen.position_pc,
      frame.sun_velocity_kms + frame.rotation * seen.velocity_kms;
  return state;
}

Icrs6 to_icrs(const Vector6& state, const GalacticFrame& frame) {
  const Eigen::Matrix3d back = frame.rotation.transpose();
  return stretched(astrometry::to_icrs({.position_pc = back * (state.head<3>() - frame.sun_position_pc),
                                        .velocity_kms = back * (state.tail<3>() - frame.sun_velocity_kms)}),
                   1.0 / stretch(frame));
}

Matrix6 lsr_jacobian(const Icrs6& star, const GalacticFrame& frame) {
  const double factor = stretch(frame);
  const Icrs6 seen = stretched(star, factor);
  Matrix6 jacobian;
  // A row is the gradient of one coordinate: of position (rows 0-2) or velocity (3-5) along a Galactic axis.
  for (int axis = 0; axis < 3; ++axis) {
    const Eigen::Vector3d direction = frame.rotation.row(axis);
    for (const bool moving : {false, true}) {
      astrometry::Cartesian6 slope;
      (moving ? slope.velocity_kms : slope.position_pc) = direction;
      const Icrs6 by = astrometry::chain_to_icrs(seen, slope);
      jacobian.row(moving ? axis + 3 : axis) << by.ra, by.dec, by.parallax, factor * by.pmra, factor * by.pmdec,
          by.radial_velocity;
    }
  }
  return jacobian;
}

Matrix6 lsr_error_jacobian(const Icrs6& star, const GalacticFrame& frame) {
  Matrix6 jacobian = lsr_jacobian(star, frame);
  jacobian.col(0) /= astrometry::kMasPerDeg * std::cos(astrometry::kRadPerDeg * star.dec);
  jacobian.col(1) /= astrometry::kMasPerDeg;
  return jacobian;
}

Matrix6 lsr_covariance(const Icrs6& star, const Matrix6& errors, const GalacticFrame& frame) {
  const Matrix6 jacobian = lsr_error_jacobian(star, frame);
  return jacobian * errors * jacobian.transpose();
}

}  // namespace praesepe::sim::association
