#include "sim/astrometry/catalogue_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sim/astrometry/catalogue_reader.hpp"
#include "sim/astrometry/gaia_schema.hpp"
#include "sim/error.hpp"
#include "sim/random/stream.hpp"
#include "tests/support/temporary_folder.hpp"

namespace praesepe::sim::astrometry {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Catalogue awkward_stars() {
  constexpr std::size_t kRows = 300;
  random::Stream rng({.seed = 1}, random::Purpose::latents);
  Catalogue stars(kRows);
  for (std::size_t i = 0; i < kRows; ++i)
    stars.source_id.push_back((std::int64_t{1} << 62) + static_cast<std::int64_t>(i));
  stars.source_id[3] = -1;
  std::vector<double> ra(kRows), dec(kRows), extra(kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    ra[i] = rng.uniform(0.0, 360.0);
    dec[i] = rng.uniform(-90.0, 90.0);
    extra[i] = rng.normal() * std::pow(10.0, rng.uniform(-300.0, 300.0));
  }
  extra[0] = kNan;
  extra[1] = std::numeric_limits<double>::min();
  extra[2] = -std::numeric_limits<double>::max();
  stars.add("ra", "deg", ra);
  stars.add("dec", "deg", dec);
  stars.add("pmra", "mas/yr", std::vector<double>(kRows, 0.1));
  stars.add("pmra_error", "mas/yr", std::vector<double>(kRows, 0.3));
  stars.add("a name, with \"quotes\"", "Msun", extra);
  return stars;
}

class EveryFormat : public testing::TestWithParam<const char*> {
 protected:
  tests::TemporaryFolder folder_;
};

TEST_P(EveryFormat, GivesBackEveryBit) {
  const auto path = folder_.path() / GetParam();
  const Catalogue stars = awkward_stars();
  write_catalogue(path, stars);
  const Catalogue back = read_catalogue(path, gaia_schema());
  EXPECT_EQ(back.source_id, stars.source_id);
  ASSERT_EQ(back.columns().size(), stars.columns().size());
  for (std::size_t i = 0; i < stars.columns().size(); ++i) {
    const Column &a = stars.columns()[i], &b = back.columns()[i];
    EXPECT_EQ(a.name, b.name);
    if (path.string().find(".csv") == std::string::npos || i < 4) {
      EXPECT_EQ(a.unit, b.unit);
    }
    for (std::size_t row = 0; row < stars.rows(); ++row) {
      EXPECT_TRUE(std::isnan(a.values[row]) ? std::isnan(b.values[row]) : a.values[row] == b.values[row])
          << a.name << " row " << row << ": " << a.values[row] << " became " << b.values[row];
    }
  }
}

TEST_P(EveryFormat, WritesTheSameBytesTwice) {
  write_catalogue(folder_.path() / (std::string("1") + GetParam()), awkward_stars());
  write_catalogue(folder_.path() / (std::string("2") + GetParam()), awkward_stars());
  EXPECT_EQ(tests::TemporaryFolder::bytes_of(folder_.path() / (std::string("1") + GetParam())),
            tests::TemporaryFolder::bytes_of(folder_.path() / (std::string("2") + GetParam())));
}

TEST_P(EveryFormat, ReplacesAnOldFile) {
  const auto path = folder_.file(GetParam(), "old");
  write_catalogue(path, awkward_stars());
  EXPECT_EQ(read_catalogue(path, gaia_schema()).rows(), 300U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_P(EveryFormat, KeepsATableOfOneColumnWithMissingCells) {
  Catalogue points(3);
  points.add("y", "", {1.0, kNan, 3.0});
  const auto path = folder_.path() / GetParam();
  write_catalogue(path, points);
  const Catalogue back = read_catalogue(path, {.columns = {{.name = "y", .unit = ""}}});
  ASSERT_EQ(back.rows(), 3U);
  EXPECT_TRUE(std::isnan(back["y"][1]));
  EXPECT_TRUE(back.source_id.empty());
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat,
                         testing::Values("a.csv", "a.csv.gz", "a.ecsv", "a.ecsv.gz", "a.fits", "a.fit", "A.FITS",
                                         "a.fits.gz"),
                         [](const auto& test) {
                           std::string name = std::to_string(test.index) + test.param;
                           std::erase(name, '.');
                           return name;
                         });

TEST(CatalogueWriter, WritesTheFewestDigitsThatReadBackTheSame) {
  const tests::TemporaryFolder folder;
  Catalogue stars(2);
  stars.source_id = {5, -1};
  stars.add("ra", "deg", {0.1, kNan});
  write_catalogue(folder.path() / "a.csv", stars);
  EXPECT_EQ(tests::TemporaryFolder::bytes_of(folder.path() / "a.csv"), "source_id,ra\n5,0.1\n-1,nan\n");
}

TEST(CatalogueWriter, RefusesNamesThatFitsCannotHold) {
  const tests::TemporaryFolder folder;
  Catalogue stars(1);
  stars.add("r\xC3\xA9sidu", "", {1.0});
  EXPECT_THROW(write_catalogue(folder.path() / "a.fits", stars), InputError);
  EXPECT_NO_THROW(write_catalogue(folder.path() / "a.ecsv", stars));
}

}  // namespace
}  // namespace praesepe::sim::astrometry
