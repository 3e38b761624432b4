#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/astrometry/similar_names.hpp"
#include "sim/astrometry/unit_spelling.hpp"

namespace praesepe::sim::astrometry {
namespace {

TEST(UnitSpelling, KnowsTheUsualFormsOfOneUnit) {
  for (const char* spelling : {"mas/yr", "mas yr-1", "mas / yr", "mas.yr**-1", "mas yr^-1", "mas*yr**(-1)",
                               "mas yr**-1", "milliarcsecond / year", "yr-1 mas", "mas a-1", " mas/yr "}) {
    EXPECT_TRUE(units_agree("mas/yr", spelling)) << spelling;
    EXPECT_FALSE(units_agree("mas", spelling)) << spelling;
    EXPECT_FALSE(units_agree("km/s", spelling)) << spelling;
  }
  EXPECT_TRUE(units_agree("km/s", "km.s**-1"));
  EXPECT_TRUE(units_agree("deg", "degree"));
  EXPECT_FALSE(units_agree("deg", "mas"));
  EXPECT_FALSE(units_agree("mas", "uas"));
  EXPECT_FALSE(units_agree("km/s", "km s"));
}

TEST(UnitSpelling, HasNothingAgainstWhatItDoesNotKnow) {
  for (const char* spelling : {"", "-", "--", "mag(AB)", "10 mas", "'electron'.s**-1", "**", "1"}) {
    EXPECT_TRUE(units_agree("mas", spelling)) << spelling;
  }
}

TEST(SimilarNames, AreThoseAFewLettersAwayOrLonger) {
  const std::vector<std::string> names{"RA_ICRS", "plx", "Parallax", "parallax_err", "e_parallax", "pmRA", "dec"};
  EXPECT_THAT(similar_names("parallax", names), testing::ElementsAre("Parallax", "e_parallax", "parallax_err"));
  EXPECT_THAT(similar_names("ra", names), testing::ElementsAre("pmRA", "RA_ICRS", "Parallax"));
  EXPECT_THAT(similar_names("radial_velocity", names), testing::IsEmpty());
}

}  // namespace
}  // namespace praesepe::sim::astrometry
