// Stars of a mixture of Gaussians in eight dimensions, and what Gaia would list of them: after Leistedt, "Data-driven
// models of the Milky Way in the Gaia era" (2017).
//
//   u = (east, north, r, vx, vy, vz, C, M) ~ sum_k w_k N8(u; xi_k, F_k F_k^T), each truncated to r > 0 and normalised
//
// east, north   direction, deg in a SkyPlane (exact: never measured with noise)        r     distance, kpc
// vx, vy, vz    velocity along ICRS axes, km/s            C, M   intrinsic colour and absolute magnitude, mag
//
// The truncation is that of the whole Gaussian: its marginal in r is a truncated normal, and the other coordinates
// given r are as they were. Stars are drawn by inversion, kWordsPerStar words of the stream each.
//
// Errors depend on nothing but the *observed* magnitude. Were they those of the true magnitude, a catalogue's errors
// would tell of it, and an inference that takes errors as given would not be calibrated.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "sim/astrometry/catalogue.hpp"
#include "sim/mixture/sky_plane.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::sim::mixture {

/// Order of the coordinates of u: what has no noise first, then distance, then what leaves analytically.
enum Coordinate : Eigen::Index { kEast, kNorth, kDistance, kVx, kVy, kVz, kColour, kMagnitude, kCoordinates };

using Vector8 = Eigen::Matrix<double, kCoordinates, 1>;
using Matrix8 = Eigen::Matrix<double, kCoordinates, kCoordinates>;

/// A Gaussian of stars before truncation.
struct StellarGaussian {
  Vector8 mean;
  Matrix8 factor;  ///< lower triangular, positive diagonal; covariance = factor factor^T
};

/// Dust that grows with distance, mag / kpc: C_obs = C + reddening r, m = M + 5 log10 r + 10 + extinction r.
struct Dust {
  double reddening = 0.0;
  double extinction = 0.0;
};

struct LabelledStar {
  std::size_t component;
  Vector8 u;
};

/// Standard deviations of what is observed.
struct ErrorModel {
  bool gaia_dr3 = true;          ///< astrometry by observed magnitude (gaia_errors.hpp), else the three constants
  double parallax = 0.05;        ///< mas
  double pmra = 0.05;            ///< mas/yr
  double pmdec = 0.05;           ///< mas/yr
  double largest_partial = 0.3;  ///< partial correlations of a star's astrometric errors are uniform within +- this
  double colour = 0.02;          ///< mag
  double magnitude = 0.01;       ///< mag
  double radial_velocity = 1.0;  ///< km/s
  double radial_velocity_fraction = 0.0;  ///< of stars, at random
};

inline constexpr std::uint64_t kWordsPerStar = 1 + kCoordinates;

/// One star; takes kWordsPerStar - 1 words.
Vector8 sample_star(const StellarGaussian& component, random::Stream& stream);

/// `count` stars with components of probability weights (K), which add up to 1.
std::vector<LabelledStar> sample_stars(const std::vector<StellarGaussian>& components,
                                       const std::vector<double>& weights, std::size_t count, random::Stream& stream);

/// The catalogue: ra, dec, parallax, pmra, pmdec, radial_velocity, bp_rp, phot_g_mean_mag, errors X_error of all but ra
/// and dec, the correlations parallax_pmra_corr, parallax_pmdec_corr, pmra_pmdec_corr, and the true component, from 0.
astrometry::Catalogue observe_stars(const std::vector<LabelledStar>& stars, const SkyPlane& plane, const Dust& dust,
                                    const ErrorModel& errors, random::Stream& noise);

}  // namespace praesepe::sim::mixture
