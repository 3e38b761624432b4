#include "sim/astrometry/gaia_errors.hpp"

#include <algorithm>
#include <cmath>

namespace praesepe::sim::astrometry {

AstrometricErrors gaia_dr3_errors(double phot_g_mean_mag) {
  const double brightest = std::pow(10.0, 0.4 * (13.0 - 15.0));
  // In this order max() hands a NaN on.
  const double z = std::max(std::pow(10.0, 0.4 * (phot_g_mean_mag - 15.0)), brightest);
  const double parallax = 1e-3 * std::sqrt(40.0 + 800.0 * z + 30.0 * z * z);
  return {.ra = 0.80 * parallax,
          .dec = 0.70 * parallax,
          .parallax = parallax,
          .pmra = 1.03 * parallax,
          .pmdec = 0.89 * parallax};
}

}  // namespace praesepe::sim::astrometry
