// Every way a catalogue can be wrong, and what the user is told: one line that names file, place and way out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "sim/astrometry/catalogue_reader.hpp"
#include "sim/astrometry/catalogue_writer.hpp"
#include "sim/astrometry/gaia_schema.hpp"
#include "sim/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace praesepe::sim::astrometry {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Refusal : public testing::Test {
 protected:
  /// What read_catalogue says about a file of these bytes, without the folder's name.
  std::string of_file(const std::filesystem::path& path, const std::map<std::string, std::string>& names = {},
                      const CatalogueSchema& schema = gaia_schema()) {
    try {
      read_catalogue(path, schema, names);
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
      std::string message = error.what();
      const auto at = message.find(folder_.path().string() + "/");
      if (at != std::string::npos) message.erase(at, folder_.path().string().size() + 1);
      return message;
    }
    return "no error";
  }

  std::string of(const std::string& name, std::string_view bytes,
                 const std::map<std::string, std::string>& names = {}) {
    return of_file(folder_.file(name, bytes), names);
  }

  tests::TemporaryFolder folder_;
};

TEST_F(Refusal, OfFilesThatAreNotThere) {
  EXPECT_EQ(of_file(folder_.path() / "m5.csv"), "m5.csv: no such file");
  EXPECT_EQ(of_file(folder_.path() / "none" / "m5.csv"), "none/m5.csv: no such file");
  std::filesystem::create_directory(folder_.path() / "dir.csv");
  EXPECT_EQ(of_file(folder_.path() / "dir.csv"), "dir.csv: is a directory, expected a catalogue file");
}

TEST_F(Refusal, OfFilesThatMayNotBeRead) {
  const auto path = folder_.file("m5.csv", "ra,dec\n1,2\n");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  if (access(path.c_str(), R_OK) == 0) GTEST_SKIP() << "root may read everything";
  EXPECT_EQ(of_file(path), "m5.csv: cannot be read: Permission denied");
}

TEST_F(Refusal, OfUnknownExtensions) {
  EXPECT_THAT(of("m5.txt", "ra,dec\n"), AllOf(HasSubstr("m5.txt"), HasSubstr(".csv.gz"), HasSubstr(".fits")));
  EXPECT_THAT(of("m5", "ra,dec\n"), HasSubstr("unknown kind of catalogue"));
}

TEST_F(Refusal, OfFilesWithoutRows) {
  EXPECT_EQ(of("m5.csv", ""), "m5.csv: is empty");
  EXPECT_EQ(of("m5.csv", "# only\n#comments"), "m5.csv: is empty, expected a line of column names and rows below it");
  EXPECT_EQ(of("m5.csv", "ra,dec\n"), "m5.csv: has no rows below its header");
}

TEST_F(Refusal, OfMissingColumnsNamesTheNearOnes) {
  EXPECT_EQ(of("m5.csv", "RAdeg,dec,x\n1,2,3\n"),
            "m5.csv: no column ra. Columns of similar names: 'RAdeg'. Name the right one with --column ra=FILECOLUMN.");
  EXPECT_EQ(of("m5.csv", "l,b\n1,2\n"),
            "m5.csv: no column ra. Its columns are: 'l', 'b'. Name the right one with --column ra=FILECOLUMN.");
  EXPECT_THAT(of_file(folder_.file("m5.csv", "ra,dec,paralax\n1,2,3\n"), {}, gaia_schema({"parallax"})),
              HasSubstr("no column parallax. Columns of similar names: 'paralax'"));
}

TEST_F(Refusal, OfMappingsToAndFromNothing) {
  EXPECT_EQ(of("m5.csv", "ra,dec,plx\n1,2,3\n", {{"parallax", "plxx"}}),
            "m5.csv: no column 'plxx' to take as parallax. Columns of similar names: 'plx'.");
  EXPECT_EQ(of("m5.csv", "ra,dec,plx\n1,2,3\n", {{"paralax", "plx"}}),
            "--column paralax=plx: this study reads no column 'paralax'. Did you mean parallax?");
  EXPECT_EQ(of("m5.csv", "ra,dec,id\n1,2,3\n", {{"source_id", "id"}, {"bp_rp", "id"}}),
            "m5.csv: column 'id' cannot be both source_id and bp_rp");
}

TEST_F(Refusal, OfDuplicateAndAmbiguousColumns) {
  EXPECT_EQ(of("m5.csv", "ra,dec,ra\n1,2,3\n"), "m5.csv: two columns are called 'ra'. Rename or remove one.");
  EXPECT_EQ(of("m5.csv", "RA,Ra,dec\n1,2,3\n"),
            "m5.csv: columns 'RA' and 'Ra' may both be ra. Choose with --column ra=FILECOLUMN.");
}

TEST_F(Refusal, OfRaggedRowsAndBrokenQuotes) {
  EXPECT_EQ(of("m5.csv", "ra,dec\n1,2\n3\n"), "m5.csv, row 2: 1 cells where the header names 2 columns");
  EXPECT_EQ(of("m5.csv", "# c\nra,dec\n1,2,\n"), "m5.csv, row 1: 3 cells where the header names 2 columns");
  EXPECT_EQ(of("m5.csv", "ra,dec\n1,2\n3,\"4\n5,6\n"), "m5.csv, row 2: a quote opens here and never closes");
  EXPECT_EQ(of("m5.csv", "ra,dec\n\"1\"2,2\n"), "m5.csv, row 1: text follows a closing quote");
  EXPECT_EQ(of("m5.csv", "ra,\"dec\n1,2\n"), "m5.csv, header: a quote opens here and never closes");
}

TEST_F(Refusal, OfCellsThatAreNoFiniteNumbers) {
  EXPECT_EQ(of("m5.csv", "ra,dec\n1,2\n1,12:30:00\n"),
            "m5.csv, row 2, column dec: '12:30:00' is not a number. Leave the cell empty if the value is missing.");
  EXPECT_THAT(of("m5.csv", "ra,dec\n1,1.5 deg\n"), HasSubstr("row 1, column dec: '1.5 deg' is not a number"));
  EXPECT_THAT(of("m5.csv", "ra,dec\n1,inf\n"), HasSubstr("row 1, column dec: 'inf' is not finite"));
  EXPECT_THAT(of("m5.csv", "ra,dec\n1,-Infinity\n"), HasSubstr("'-Infinity' is not finite"));
  EXPECT_THAT(of("m5.csv", "ra,dec\n1,1e999\n"), HasSubstr("'1e999' is not finite"));
  EXPECT_THAT(of("m5.csv", "ra,dec,bp_rp\n1,1,True\n"), HasSubstr("column bp_rp: 'True' is not a number"));
  EXPECT_THAT(of("m5.csv", "ra,dec\n1,\"1\n2\"\n"), HasSubstr("'1?2' is not a number"));
}

TEST_F(Refusal, OfStarNumbersThatHaveLostDigits) {
  EXPECT_THAT(of("m5.csv", "ra,dec,source_id\n1,1,4.42e18\n"),
              HasSubstr("row 1, column source_id: '4.42e18' is not a whole"));
  EXPECT_THAT(of("m5.csv", "ra,dec,source_id\n1,1,9223372036854775808\n"),
              HasSubstr("is not a whole number of 64 bits"));
}

TEST_F(Refusal, OfRequiredCellsThatAreMissing) {
  EXPECT_EQ(of("m5.csv", "ra,dec\n1,2\n,2\n"),
            "m5.csv, row 2, column ra: is missing, but every row needs ra. Remove the row.");
}

TEST_F(Refusal, OfValuesWithoutErrors) {
  EXPECT_EQ(of("m5.csv", "ra,dec,pmra\n1,2,3\n"),
            "m5.csv: column pmra has no errors: expected a column pmra_error. Name it with --column "
            "pmra_error=FILECOLUMN, or "
            "remove pmra.");
  EXPECT_EQ(
      of("m5.csv", "ra,dec,pmra,pmra_error\n1,2,3,nan\n"),
      "m5.csv, row 1, column pmra_error: is missing where pmra is given. Remove the row or set pmra = nan to leave its "
      "pmra out.");
}

TEST_F(Refusal, OfErrorsThatAreNotPositive) {
  EXPECT_EQ(
      of("m5.csv", "ra,dec,pmra,e_pmra\n1,2,3,1\n1,2,3,-0.03\n", {{"pmra_error", "e_pmra"}}),
      "m5.csv, row 2, column e_pmra: -0.03 is not positive. Remove the row or set pmra = nan to leave its pmra out.");
  EXPECT_THAT(of("m5.csv", "ra,dec,pmra,pmra_error\n1,2,3,0\n"), HasSubstr("column pmra_error: 0 is not positive"));
  EXPECT_THAT(of("m5.csv", "ra,dec,ra_error\n1,2,0\n"),
              HasSubstr("column ra_error: 0 is not positive. Remove the row."));
  EXPECT_EQ(of("m5.csv", "ra,dec,pmra,pmra_error\n1,2,,0\n"), "no error");
}

TEST_F(Refusal, OfValuesOutOfRange) {
  EXPECT_EQ(of("m5.csv", "ra,dec\n1,-90.5\n"), "m5.csv, row 1, column dec: -90.5 is not between -90 and 90.");
  EXPECT_THAT(of("m5.csv", "ra,dec,ra_dec_corr\n1,2,1.01\n"),
              HasSubstr("column ra_dec_corr: 1.01 is not between -1 and 1."));
}

TEST_F(Refusal, OfBrokenEcsv) {
  EXPECT_THAT(of("m5.ecsv", "ra,dec\n1,2\n"), HasSubstr("m5.ecsv: expected '# %ECSV 1.0' as the first line"));
  EXPECT_THAT(of("m5.ecsv", "# %ECSV 1.0\n# ---\nra dec\n1 2\n"), HasSubstr("declares no columns"));
  const std::string header = "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: ra, unit: deg, datatype: float64}\n";
  EXPECT_THAT(of("m5.ecsv", header + "ra dec\n1 2\n"), HasSubstr("declares 1 columns, the line of names has 2"));
  EXPECT_THAT(of("m5.ecsv", header), HasSubstr("expected a line of column names"));
  EXPECT_EQ(of("m5.ecsv", header + "# - {name: dec, unit: mas, datatype: float64}\nra dec\n1 2\n"),
            "m5.ecsv, column dec: its unit is 'mas', expected deg. Convert the column first.");
  EXPECT_THAT(of("m5.ecsv", header + "# - {name: b, datatype: float64}\nra dec\n1 2\n"),
              HasSubstr("column 2 is called 'b' in the ECSV header, but 'dec' in the line of names"));
}

TEST_F(Refusal, OfBrokenFits) {
  EXPECT_THAT(of("m5.fits", "ra,dec\n1,2\n"), HasSubstr("m5.fits: is not a readable FITS file"));
  Catalogue stars(1000);
  stars.add("ra", "deg", std::vector<double>(1000, 1.0));
  stars.add("dec", "deg", std::vector<double>(1000, 1.0));
  write_catalogue(folder_.path() / "whole.fits", stars);
  const std::string whole = tests::TemporaryFolder::bytes_of(folder_.path() / "whole.fits");
  EXPECT_EQ(of("m5.fits", whole), "no error");
  EXPECT_EQ(of("m5.fits", whole.substr(0, 2880 * 2 + 1605)),
            "m5.fits: is truncated: its header promises 1000 rows, the file ends after row 100");
  EXPECT_THAT(of("m5.fits", whole.substr(0, 2880)), HasSubstr("m5.fits: holds no binary table"));
  EXPECT_THAT(of("m5.fits", whole.substr(0, 3000)), HasSubstr("m5.fits: "));
}

TEST_F(Refusal, OfUnitsInFitsThatDifferPlainly) {
  Catalogue stars(1);
  stars.add("ra", "deg", {1.0});
  stars.add("dec", "rad", {1.0});
  write_catalogue(folder_.path() / "m5.fits", stars);
  EXPECT_EQ(of_file(folder_.path() / "m5.fits"),
            "m5.fits, column dec: its unit is 'rad', expected deg. Convert the column first.");
}

TEST_F(Refusal, OfTruncatedGzip) {
  Catalogue stars(2000);
  std::vector<double> values(2000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.1 / static_cast<double>(i + 1);
  stars.add("ra", "deg", values);
  stars.add("dec", "deg", values);
  write_catalogue(folder_.path() / "whole.csv.gz", stars);
  const std::string whole = tests::TemporaryFolder::bytes_of(folder_.path() / "whole.csv.gz");
  EXPECT_EQ(of("m5.csv.gz", whole), "no error");
  EXPECT_EQ(of("m5.csv.gz", whole.substr(0, whole.size() / 2)), "m5.csv.gz: is a truncated gzip file");
}

class WriteRefusal : public Refusal {
 protected:
  std::string of_writing(const std::filesystem::path& path) {
    Catalogue stars(1);
    stars.add("ra", "deg", {1.0});
    try {
      write_catalogue(path, stars);
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr(path.string()), Not(HasSubstr("\n"))));
      return error.what();
    }
    return "no error";
  }
};

TEST_F(WriteRefusal, LeavesNothingBehind) {
  EXPECT_THAT(of_writing(folder_.path() / "none" / "a.csv"), HasSubstr("cannot be written: No such file or directory"));
  EXPECT_THAT(of_writing(folder_.file("plain", "") / "a.csv"), HasSubstr("cannot be written: Not a directory"));
  std::filesystem::create_directories(folder_.path() / "dir.fits");
  EXPECT_THAT(of_writing(folder_.path() / "dir.fits"), HasSubstr("cannot be written: it is a directory"));
  EXPECT_THAT(of_writing(folder_.path() / "a.txt"), HasSubstr("unknown kind of catalogue"));
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path()))
    names.push_back(entry.path().filename());
  EXPECT_THAT(names, testing::UnorderedElementsAre("plain", "dir.fits"));
}

}  // namespace
}  // namespace praesepe::sim::astrometry
