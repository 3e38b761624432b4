// From what a telescope measures to Galactic coordinates about the local standard of rest, and back.
//
//   (X, Y, Z) = x_sun + T x        (U, V, W) = v_sun + T v        x, v: sim/astrometry/coordinates.hpp
//
// T turns ICRS axes into Galactic ones; x_sun, v_sun are the Sun's place and motion relative to the LSR: 25 pc above
// the plane, (11.1, 12.24, 7.25) km/s (Schoenrich, Binney & Dehnen 2010). Distances are 1000 / parallax.
//
// Catalogues give the error of ra on the sky (ra_error on alpha* = alpha cos dec) in mas, beside angles in deg;
// `lsr_covariance` takes them as they stand there. Taking them for degrees is wrong by a factor of 3.6e6 / cos dec.
//
// Accuracy: round trips to 1e-11, Jacobian exact; equal to Chronostar's numbers to their last digit
// (tests/sim/association/galactic_frame_test.cpp). Parallaxes must be positive, and covariances need |dec| < 90 deg.
#pragma once

#include "sim/association/phase_space.hpp"
#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::sim::association {

/// Rows: the Galactic axes X, Y, Z along ICRS axes, from the north Galactic pole and the Galactic longitude of the
/// north celestial pole, all deg.
Eigen::Matrix3d galactic_rotation(double pole_ra_deg, double pole_dec_deg, double celestial_pole_longitude_deg);

struct GalacticFrame {
  /// The Hipparcos catalogue's definition (ESA 1997, vol. 1, sect. 1.5.3), which Gaia keeps.
  Eigen::Matrix3d rotation = galactic_rotation(192.85948, 27.12825, 122.93192);
  double kms_per_masyr_kpc = astrometry::kKmsPerMasyrKpc;
  Eigen::Vector3d sun_position_pc{0.0, 0.0, 25.0};
  Eigen::Vector3d sun_velocity_kms{11.1, 12.24, 7.25};
};

/// Chronostar's: the pole of Johnson & Soderblom (1987) precessed to J2000 and rounded to 1e-4 deg, K = 4.74057.
/// Differs from the default by 1e-4 deg and 2e-5 of tangential speeds.
GalacticFrame johnson_soderblom_frame();

Vector6 to_lsr(const astrometry::Icrs6& star, const GalacticFrame& frame);
astrometry::Icrs6 to_icrs(const Vector6& state, const GalacticFrame& frame);

/// d to_lsr / d(ra, dec, parallax, pmra, pmdec, radial_velocity), per deg, deg, mas, mas/yr, mas/yr, km/s.
Matrix6 lsr_jacobian(const astrometry::Icrs6& star, const GalacticFrame& frame);

/// The same by what catalogues give errors of: alpha* and delta in mas, the others as in Icrs6.
Matrix6 lsr_error_jacobian(const astrometry::Icrs6& star, const GalacticFrame& frame);

/// Covariance of to_lsr(star), linearised; `errors` is that of the catalogue.
Matrix6 lsr_covariance(const astrometry::Icrs6& star, const Matrix6& errors, const GalacticFrame& frame);

}  // namespace praesepe::sim::association
