// Tables as other programs write them. What astropy itself writes and reads is checked by astropy_check.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sim/astrometry/catalogue_reader.hpp"
#include "sim/astrometry/catalogue_writer.hpp"
#include "sim/astrometry/gaia_schema.hpp"
#include "tests/support/temporary_folder.hpp"

namespace praesepe::sim::astrometry {
namespace {

using testing::ElementsAre;

class CatalogueFormats : public testing::Test {
 protected:
  Catalogue read(const std::string& name, std::string_view bytes) {
    return read_catalogue(folder_.file(name, bytes), gaia_schema());
  }

  tests::TemporaryFolder folder_;
};

TEST_F(CatalogueFormats, EcsvWithBlanksAsAstropyWritesIt) {
  const Catalogue stars =
      read("a.ecsv",
           "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: source_id, datatype: int64}\n"
           "# - {name: ra, unit: deg, datatype: float64, description: 'A long one: with {braces}, commas and a\n"
           "#     second line, isn''t it'}\n"
           "# - {name: dec, unit: deg, datatype: float64}\n# - {name: name with space, datatype: string}\n"
           "# - {name: flag, datatype: bool}\n# - {name: pmra, unit: mas / yr, datatype: float64}\n"
           "# - {name: pmra_error, unit: mas / yr, datatype: float64}\n"
           "# - {name: 'tricky, name', unit: m2, datatype: float64}\n"
           "# - {name: arr, datatype: string, subtype: 'int64[2]'}\n"
           "# meta: !!omap\n# - x: {a: 1, datatype: 3}\n# schema: astropy-2.0\n"
           "source_id ra dec \"name with space\" flag pmra pmra_error \"tricky, name\" arr\n"
           "1152921504606846977 1.5 2.5 \"12\" True \"\" 1.0 7 [1,2]\n"
           "5  2.5 3.5 13 False 2.0 2.0 8 [3,4]\n");
  EXPECT_THAT(stars.source_id, ElementsAre(1152921504606846977, 5));
  EXPECT_THAT(stars["ra"], ElementsAre(1.5, 2.5));
  EXPECT_TRUE(std::isnan(stars["pmra"][0]));
  EXPECT_THAT(stars["tricky, name"], ElementsAre(7.0, 8.0));
  EXPECT_EQ(stars.columns().back().unit, "m2");
  EXPECT_FALSE(stars.has("name with space")) << "text, though its cells look like numbers";
  EXPECT_FALSE(stars.has("arr"));
}

TEST_F(CatalogueFormats, EcsvWithBlockMappingsAsTheGaiaArchiveWritesIt) {
  const std::string text =
      "# %ECSV 1.0\r\n# ---\r\n# delimiter: ','\r\n# datatype:\r\n# -\r\n#   name: source_id\r\n#   datatype: int64\r\n"
      "#   description: Unique source identifier (unique: within\r\n#     a release)\r\n# -\r\n#   name: ra\r\n#   "
      "unit: deg\r\n"
      "#   datatype: float64\r\n# - name: \"dec\"\r\n#   unit: deg\r\n#   datatype: float64\r\n# -\r\n#   name: "
      "parallax\r\n"
      "#   unit: mas\r\n#   datatype: float64\r\n# -\r\n#   name: parallax_error\r\n#   unit: mas\r\n#   datatype: "
      "float32\r\n"
      "# meta:\r\n#   name: gaia\r\n#   unit: "
      "none\r\nsource_id,ra,dec,parallax,parallax_error\r\n4295806720,1,2,null,null\r\n";
  const Catalogue stars = read("a.ecsv", text);
  EXPECT_THAT(stars.source_id, ElementsAre(4295806720));
  EXPECT_TRUE(std::isnan(stars["parallax"][0]));
  // The archive's bulk files are of this form, but called .csv.gz.
  EXPECT_THAT(read("a.csv", text)["dec"], ElementsAre(2.0));
}

TEST_F(CatalogueFormats, GzipIsKnownByItsContentNotByItsName) {
  Catalogue stars(1);
  stars.add("ra", "deg", {1.0});
  stars.add("dec", "deg", {2.0});
  write_catalogue(folder_.path() / "a.csv.gz", stars);
  const std::string compressed = tests::TemporaryFolder::bytes_of(folder_.path() / "a.csv.gz");
  EXPECT_EQ(compressed.substr(0, 2), "\x1f\x8b");
  EXPECT_THAT(read("b.csv", compressed)["dec"], ElementsAre(2.0));
  EXPECT_THAT(read("c.csv.gz", "ra,dec\n1,2\n")["dec"], ElementsAre(2.0));
}

TEST_F(CatalogueFormats, FitsNamesWithBracketsAreNotTakenForCommands) {
  Catalogue stars(1);
  stars.add("ra", "deg", {1.0});
  stars.add("dec", "deg", {2.0});
  const auto path = folder_.path() / "m5[1](x).fits";
  write_catalogue(path, stars);
  EXPECT_THAT(read_catalogue(path, gaia_schema())["dec"], ElementsAre(2.0));
}

}  // namespace
}  // namespace praesepe::sim::astrometry
