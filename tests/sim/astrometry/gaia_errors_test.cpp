#include "sim/astrometry/gaia_errors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace praesepe::sim::astrometry {
namespace {

TEST(GaiaErrors, FollowThePublishedFormula) {
  // G = 15: z = 1, sqrt(870) microarcsec.
  const AstrometricErrors errors = gaia_dr3_errors(15.0);
  EXPECT_DOUBLE_EQ(errors.parallax, 1e-3 * std::sqrt(870.0));
  EXPECT_DOUBLE_EQ(errors.ra, 0.80 * errors.parallax);
  EXPECT_DOUBLE_EQ(errors.dec, 0.70 * errors.parallax);
  EXPECT_DOUBLE_EQ(errors.pmra, 1.03 * errors.parallax);
  EXPECT_DOUBLE_EQ(errors.pmdec, 0.89 * errors.parallax);
}

TEST(GaiaErrors, AreTheTypicalOnesOfTheRelease) {
  // Typical parallax and proper-motion uncertainties on ESA's page of (E)DR3, mas and mas/yr.
  EXPECT_NEAR(gaia_dr3_errors(17.0).parallax, 0.07, 0.3 * 0.07);
  EXPECT_NEAR(gaia_dr3_errors(20.0).parallax, 0.5, 0.3 * 0.5);
  EXPECT_NEAR(gaia_dr3_errors(21.0).parallax, 1.3, 0.3 * 1.3);
  EXPECT_NEAR(gaia_dr3_errors(20.0).pmra, 0.5, 0.3 * 0.5);
}

TEST(GaiaErrors, HaveAFloorForBrightStars) {
  EXPECT_EQ(gaia_dr3_errors(5.0).parallax, gaia_dr3_errors(13.0).parallax);
  EXPECT_LT(gaia_dr3_errors(13.0).parallax, gaia_dr3_errors(13.1).parallax);
}

TEST(GaiaErrors, AreUnknownForAnUnknownMagnitude) {
  EXPECT_TRUE(std::isnan(gaia_dr3_errors(std::numeric_limits<double>::quiet_NaN()).parallax));
}

}  // namespace
}  // namespace praesepe::sim::astrometry
