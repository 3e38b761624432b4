#include "sim/astrometry/catalogue_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sim/astrometry/gaia_schema.hpp"
#include "tests/support/temporary_folder.hpp"

namespace praesepe::sim::astrometry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CatalogueReader : public testing::Test {
 protected:
  Catalogue read(const std::string& name, std::string_view bytes,
                 const std::map<std::string, std::string>& names = {}) {
    return read_catalogue(folder_.file(name, bytes), gaia_schema(), names);
  }

  tests::TemporaryFolder folder_;
};

TEST_F(CatalogueReader, ReadsNamesUnitsAndNumbers) {
  const Catalogue stars =
      read("a.csv", "source_id,ra,dec,pmra,pmra_error\n4420668550529502208,10.5,-20,1e-3,+0.5\n7,11,2.,-3,4\n");
  EXPECT_EQ(stars.rows(), 2U);
  EXPECT_THAT(stars.source_id, ElementsAre(4420668550529502208, 7));
  EXPECT_THAT(stars["ra"], ElementsAre(10.5, 11.0));
  EXPECT_THAT(stars["pmra"], ElementsAre(0.001, -3.0));
  EXPECT_THAT(stars["pmra_error"], ElementsAre(0.5, 4.0));
  EXPECT_EQ(stars.columns()[0].unit, "deg");
  EXPECT_EQ(stars.columns()[3].unit, "mas/yr");
  EXPECT_THAT(stars.origin, testing::EndsWith("a.csv"));
}

TEST_F(CatalogueReader, TakesAGaiaArchiveDownloadAsItComes) {
  const Catalogue stars =
      read("gaia.csv",
           "\xEF\xBB\xBF\"SOLUTION_ID\",\"DESIGNATION\",\"SOURCE_ID\",\"ra\",\"RA_ERROR\",\"dec\",\"parallax\","
           "\"parallax_error\",\"duplicated_source\",\"radial_velocity\",\"ruwe\"\r\n"
           "1636148068921376768,\"Gaia DR3 4\",4295806720,44.9,0.1,0.005,0.35,0.2,False,null,1.1\r\n"
           "1636148068921376768,\"Gaia DR3 5\",34361129088,45.0,null,0.02,null,null,True,null,\"null\"\r\n");
  EXPECT_THAT(stars.source_id, ElementsAre(4295806720, 34361129088));
  EXPECT_THAT(stars["ra"], ElementsAre(44.9, 45.0));
  EXPECT_TRUE(std::isnan(stars["ra_error"][1]));
  EXPECT_TRUE(std::isnan(stars["radial_velocity"][0]));
  EXPECT_EQ(stars["ruwe"][0], 1.1);
  EXPECT_TRUE(std::isnan(stars["ruwe"][1]));
  EXPECT_FALSE(stars.has("DESIGNATION"));
  EXPECT_FALSE(stars.has("duplicated_source"));
  EXPECT_FALSE(stars.has("SOLUTION_ID")) << "a double would change its last digits";
}

TEST_F(CatalogueReader, SkipsCommentsAndBlankLinesAndBlanksAroundCells) {
  const Catalogue stars = read("c.csv", "# M 5, Gaia DR3\n#\n\n ra , dec\n\n 1 ,\t2\n\n3,4\n\n");
  EXPECT_THAT(stars["ra"], ElementsAre(1.0, 3.0));
  EXPECT_THAT(stars["dec"], ElementsAre(2.0, 4.0));
}

TEST_F(CatalogueReader, KnowsEverySpellingOfAMissingCell) {
  const Catalogue stars = read("m.csv",
                               "ra,dec,bp_rp,source_id\n1,1,,\n1,1,nan,null\n1,1,NaN,\n1,1,null,\n1,1,NULL,--\n1,1,--,"
                               "\n1,1,masked,-1\n1,1,\"\",\n");
  for (const double value : stars["bp_rp"]) EXPECT_TRUE(std::isnan(value));
  EXPECT_THAT(stars.source_id, testing::Each(-1));
}

TEST_F(CatalogueReader, FollowsQuotingAcrossDelimitersLinesAndQuotes) {
  const Catalogue stars =
      read("q.csv", "\"ra\",\"de\"\"c, deg\",note\n\"1\",2,\"a, \"\"b\"\"\nc\"\n3,\"4\",\n", {{"dec", "de\"c, deg"}});
  EXPECT_THAT(stars["ra"], ElementsAre(1.0, 3.0));
  EXPECT_THAT(stars["dec"], ElementsAre(2.0, 4.0));
  EXPECT_FALSE(stars.has("note"));
}

TEST_F(CatalogueReader, WrapsRightAscension) {
  const Catalogue stars = read("w.csv", "ra,dec\n-10,0\n370,0\n360,0\n");
  EXPECT_THAT(stars["ra"], ElementsAre(350.0, 10.0, 0.0));
}

TEST_F(CatalogueReader, MappedColumnsTakeTheNameOfTheFilesOwn) {
  const Catalogue stars = read("n.csv", "ra,dec,parallax,plx,plx_err\n1,2,9,0.5,0.1\n",
                               {{"parallax", "plx"}, {"parallax_error", "PLX_ERR"}});
  EXPECT_THAT(stars["parallax"], ElementsAre(0.5));
  EXPECT_THAT(stars["parallax_error"], ElementsAre(0.1));
  EXPECT_FALSE(stars.has("plx"));
}

TEST_F(CatalogueReader, LetsOneColumnServeTwice) {
  const Catalogue stars = read("s.csv", "ra,dec,e_pos\n1,2,0.5\n", {{"ra_error", "e_pos"}, {"dec_error", "e_pos"}});
  EXPECT_THAT(stars["ra_error"], ElementsAre(0.5));
  EXPECT_THAT(stars["dec_error"], ElementsAre(0.5));
}

TEST_F(CatalogueReader, PrefersTheExactNameToAnotherCase) {
  EXPECT_THAT(read("e.csv", "RA,ra,dec\n1,2,3\n")["ra"], ElementsAre(2.0));
}

TEST_F(CatalogueReader, NeedsNoErrorsOfAColumnThatIsMissingThroughout) {
  EXPECT_TRUE(read("v.csv", "ra,dec,radial_velocity\n1,2,\n").has("radial_velocity"));
}

TEST_F(CatalogueReader, ReadsALineWithoutAnEnd) {
  EXPECT_THAT(read("l.csv", "ra,dec,bp_rp\r1,2,\r3,4,5")["dec"], ElementsAre(2.0, 4.0));
}

TEST_F(CatalogueReader, UsesTheSchemasErrorSuffix) {
  const CatalogueSchema schema{
      {{.name = "x", .unit = "", .required = true}, {.name = "y", .unit = "", .required = true, .needs_error = true}},
      "_err"};
  const Catalogue points = read_catalogue(folder_.file("line.csv", "# a line\nx,y,y_err\n1,2,3\n"), schema);
  EXPECT_THAT(points["y_err"], ElementsAre(3.0));
  EXPECT_THAT(points.source_id, IsEmpty());
}

}  // namespace
}  // namespace praesepe::sim::astrometry
