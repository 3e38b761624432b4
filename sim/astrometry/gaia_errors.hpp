// Typical uncertainties of Gaia DR3 astrometry as a function of magnitude, averaged over the sky.
//
//   sigma_parallax = sqrt(40 + 800 z + 30 z^2) microarcsec,   z = max(10^{0.4 (13 - 15)}, 10^{0.4 (G - 15)})
//
// and fixed ratios to it: ra* 0.80, dec 0.70, pmra* 1.03 / yr, pmdec 0.89 / yr. This is the model of ESA's Gaia science
// performance pages (https://www.cosmos.esa.int/web/gaia/science-performance) for DR3, as PyGaia 3 (agabrown/PyGaia,
// errors/astrometric.py, release "dr3") codes it; the uncertainties themselves are described in Lindegren et al. 2021,
// A&A 649, A2. It is within 30 % of the typical values published with the release (0.02-0.03 mas for G < 15, 0.07 at
// 17, 0.5 at 20, 1.3 at 21); single stars scatter about it by tens of per cent with position on the sky.
#pragma once

namespace praesepe::sim::astrometry {

struct AstrometricErrors {
  double ra = 0.0;        ///< on alpha* = alpha cos(dec), mas
  double dec = 0.0;       ///< mas
  double parallax = 0.0;  ///< mas
  double pmra = 0.0;      ///< on mu_alpha*, mas/yr
  double pmdec = 0.0;     ///< mas/yr
};

/// Meant for 3 < G < 21; NaN for an unknown magnitude.
AstrometricErrors gaia_dr3_errors(double phot_g_mean_mag);

}  // namespace praesepe::sim::astrometry
