#include "workflow/store/posterior_file.hpp"

#include "tests/workflow/store/example_results.hpp"
#include "workflow/store/dimensioned_file.hpp"
#include "workflow/store/extract.hpp"
#include "workflow/store/shard.hpp"
#include "workflow/store/summary_table.hpp"
#include "workflow/store/tables.hpp"

namespace praesepe::tests {

namespace fs = std::filesystem;
using namespace workflow::store;

class ResultFile : public InFolder {
 protected:
  ResultFile() {
    for (const std::int64_t id : {0, 1, 3}) publish_shard(folder_, example_result(id), campaign_);
    gather(campaign_, example_plan(4), {folder_}, path_, true);
  }
  const CampaignIdentity campaign_ = example_campaign();
  const fs::path path_ = folder_ / "posteriors.h5";
};

TEST_F(ResultFile, IsRefusedWithTheReason) {
  expect_refusal([&] { PosteriorFile(folder_ / "none.h5"); }, {"none.h5", "no such file"});
  write_bytes(folder_ / "text.h5", "simulation,parameter\n");
  expect_refusal([&] { PosteriorFile(folder_ / "text.h5"); }, {"text.h5", "cannot be opened as HDF5"});
  const auto whole = bytes_of(path_);
  write_bytes(folder_ / "half.h5", whole.substr(0, whole.size() / 2));
  expect_refusal([&] { PosteriorFile(folder_ / "half.h5"); }, {"half.h5", "cut short"});

  auto strange = DimensionedFile::create(folder_ / "strange.h5");
  strange.close();
  expect_refusal([&] { PosteriorFile(folder_ / "strange.h5"); }, {"strange.h5", "not of praesepe"});
  auto future = DimensionedFile::create(folder_ / "future.h5");
  future.set_attributes("/", {{"praesepe_version", "9.0"}, {"schema_version", std::int64_t{7}}});
  future.close();
  expect_refusal([&] { PosteriorFile(folder_ / "future.h5"); }, {"schema version 7", "9.0", "reads version 1"});
  auto bare = DimensionedFile::create(folder_ / "bare.h5");
  bare.set_attributes("/", {{"praesepe_version", "0.1.0"}, {"schema_version", kSchemaVersion}});
  bare.add_group("/calibration", {});
  bare.close();
  expect_refusal([&] { PosteriorFile(folder_ / "bare.h5"); }, {"has no group /task, only calibration"});
}

TEST_F(ResultFile, NamesWhatItHasWhenAskedForWhatItHasNot) {
  const PosteriorFile file(path_);
  expect_refusal([&] { file.row_of(17); }, {"has no task 17", "0 to 3"});
  expect_refusal([&] { file.quantity("age"); }, {"has no parameter age", "phi0, log10_mass, distance"});
  expect_refusal([&] { file.summary("mode"); }, {"/summary/mode"});
  expect_refusal([&] { extract(file, 2, folder_ / "task.nc"); }, {"task 2 has no draws", "status 4"});
}

TEST_F(ResultFile, SummaryTableHasTheShortestDigitsThatReadBack) {
  const PosteriorFile file(path_);
  const auto text = summary_csv(file);
  EXPECT_TRUE(
      text.starts_with("simulation,parameter,truth,mean,sd,q2_5,median,q97_5,mcse_mean,ess_bulk,ess_tail,r_hat\n"
                       "0,phi0,5,0,0.1,-0.2,0.3333333333333333,0.2,0.01,1500,1400,1.001\n"))
      << text;
  EXPECT_NE(text.find("\n2,phi0,5,nan,nan,"), std::string::npos) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 4 * 3);
  EXPECT_NE(summary_text(file).find("task 3: status 1: R-hat"), std::string::npos);
  EXPECT_NE(task_csv(file).find("\"R-hat of \"\"g\"\" is 1.02, above 1.01\""), std::string::npos) << task_csv(file);
}

TEST_F(ResultFile, TakesTablesAndReplacesThem) {
  const auto before = PosteriorFile(path_).task_result(1);
  const Table coverage{"coverage",
                       {{"parameter", std::vector<std::string>{"phi0", "g"}},
                        {"level", std::vector<double>{0.5, 0.95}},
                        {"hits", std::vector<std::int64_t>{160, 304}}}};
  write_tables(path_, "/calibration", {coverage, {"empty", {}}});
  write_tables(path_, "/calibration", {coverage});
  const PosteriorFile file(path_);
  EXPECT_TRUE(same_numbers(file.task_result(1), before));
  const auto tables = read_tables(file, "/calibration");
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables[0].columns.at(0).name, "parameter");
  EXPECT_EQ(tables[0].columns.at(2).values, coverage.columns[2].values);
  EXPECT_TRUE(read_tables(file, "/none").empty());

  write_tables_beside(folder_ / "calibration.h5", file, "/calibration", {coverage});
  EXPECT_TRUE(DimensionedFile::open(folder_ / "calibration.h5").has("/calibration/coverage/hits"));
}

TEST(CheckedCalls, SayWhichFileAndObjectAndWhy) {
  try {
    hdf5::open_file("/no/such/file.h5");
    FAIL();
  } catch (const hdf5::Error& error) {
    EXPECT_NE(std::string(error.what()).find("/no/such/file.h5: H5Fopen: "), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("No such file"), std::string::npos) << error.what();
  }
}

}  // namespace praesepe::tests
