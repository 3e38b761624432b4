#include "workflow/campaign/campaign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "sim/error.hpp"
#include "workflow/campaign/nearest_name.hpp"
#include "workflow/campaign/plan.hpp"

namespace praesepe::workflow::campaign {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kLines = R"([campaign]
study = "line-outliers"
replicates = 3
[grid]
w0 = [0.9, 0.6]
"observe.points" = [16, 32]
m = [1.0]
exclude = [{ w0 = 0.6, "observe.points" = 32 }]
[slurm]
modules = ["openmpi"]
)";

Campaign parse(const std::string& text, const std::vector<std::string>& settings = {}) {
  return parse_campaign(text, "lines.toml", {}, settings);
}

std::string message_of(const std::string& text, const std::vector<std::string>& settings = {}) {
  try {
    plan(parse(text, settings));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::vector<std::string> grid_keys(const Campaign& campaign) {
  std::vector<std::string> keys;
  for (const Axis& axis : campaign.grid) keys.push_back(axis.key);
  return keys;
}

TEST(Campaign, KeepsTheOrderInWhichTheGridWasWritten) {
  EXPECT_THAT(grid_keys(parse(kLines)), ElementsAre("w0", "observe.points", "m"));
}

TEST(Campaign, ASettingKeepsThePlaceOfItsGridKeyAndANewKeyComesLast) {
  const Campaign campaign = parse(kLines, {"grid.observe.points=[16, 32, 64]", "grid.b=[0.0, 1.0]"});
  EXPECT_THAT(grid_keys(campaign), ElementsAre("w0", "observe.points", "m", "b"));
  EXPECT_EQ(campaign.grid[1].values.size(), 3u);
}

TEST(Campaign, ResolvedTextParsesToItself) {
  const std::string once = resolved_toml(parse(kLines));
  const Campaign again = parse(once);
  EXPECT_EQ(resolved_toml(again), once);
  EXPECT_THAT(grid_keys(again), ElementsAre("w0", "observe.points", "m"));
  EXPECT_THAT(once, HasSubstr("draws = 1000"));
  EXPECT_TRUE(differing_keys(once, resolved_toml(again)).empty());
}

TEST(Campaign, NamesTheKeysThatDiffer) {
  const std::string before = resolved_toml(parse(kLines));
  const std::string now = resolved_toml(parse(kLines, {"sampler.draws=500"}));
  EXPECT_THAT(differing_keys(before, now), ElementsAre("sampler.draws (1000, now 500)"));
}

TEST(Campaign, SettingsThatAreNoTomlAreStrings) {
  EXPECT_EQ(parse(kLines, {"campaign.name=two words"}).name, "two words");
  EXPECT_THAT(message_of(kLines, {"campaign.seed=seven"}), HasSubstr("--set campaign.seed=seven: campaign.seed"));
}

TEST(Campaign, ASettingThatTheGridWouldOverrideIsRefused) {
  EXPECT_THAT(message_of(kLines, {"observe.points=5"}),
              HasSubstr("--set observe.points=5: observe.points is on the grid, whose values count; set "
                        "grid.observe.points"));
  EXPECT_EQ(plan(parse(kLines, {"grid.observe.points=[5]", "grid.exclude=[]"})).size(), 6u);
  EXPECT_EQ(plan(parse(kLines, {"grid={}", "truth.m=1", "truth.b=2", "truth.w0=0.9", "observe.points=5"})).size(), 3u);
}

TEST(Campaign, ErrorsNameFileLineAndKey) {
  EXPECT_THAT(message_of(std::string(kLines) + "[sampler]\nchain = 4\n"),
              HasSubstr("lines.toml:12: sampler.chain: unknown key; the nearest known key is sampler.chains"));
  EXPECT_THAT(message_of(std::string(kLines) + "[truth]\nm = 4\n"), HasSubstr("m is given twice"));
  EXPECT_THAT(message_of(std::string(kLines) + "[prior]\nm = \"uniform(0, observed)\"\n",
                         {"campaign.design=\"prior\"", "grid={}"}),
              HasSubstr("do not look at the data"));
}

TEST(Plan, RunsThroughTheGridLastKeyFastestWithoutWhatIsExcluded) {
  const Campaign campaign = parse(kLines);
  std::ostringstream out;
  write_plan(out, campaign, plan(parse(kLines, {"campaign.replicates=1"})));
  std::string text = out.str();
  EXPECT_THAT(text, testing::StartsWith("task,cell,replicate,seed,m,b,ln_s_out,w0,observe.points\n0,0,0,"));
  EXPECT_THAT(text, HasSubstr(",1,-11.9,2.7,0.9,16\n"));
  EXPECT_THAT(text, HasSubstr(",1,-11.9,2.7,0.9,32\n"));
  EXPECT_THAT(text, testing::EndsWith(",1,-11.9,2.7,0.6,16\n"));
  EXPECT_EQ(plan(campaign).size(), 9u);
}

TEST(Plan, NamesTheCatalogueOfEachTaskOfRealData) {
  const Campaign campaign = parse(
      "[campaign]\nstudy = \"line-outliers\"\ndesign = \"data\"\n[data]\ncatalogues = [\"/a.csv\", \"/b, c.csv\"]\n");
  std::ostringstream out;
  write_plan(out, campaign, plan(campaign));
  EXPECT_THAT(out.str(), testing::StartsWith("task,cell,replicate,seed,catalogue\n0,0,0,"));
  EXPECT_THAT(out.str(), HasSubstr(",/a.csv\n1,1,0,"));
  EXPECT_THAT(out.str(), testing::EndsWith(",\"/b, c.csv\"\n"));
}

TEST(Plan, MoreReplicatesKeepTheStreamsAndTruthsOfTheFormer) {
  const std::vector<std::string> prior{"campaign.design=\"prior\"", "grid={}"};
  const auto few = plan(parse(kLines, prior));
  const auto many = plan(parse(kLines, {prior[0], prior[1], "campaign.replicates=5"}));
  ASSERT_EQ(few.size(), 3u);
  for (std::size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i].truth, many[i].truth);
  EXPECT_NE(many[0].truth, many[1].truth);
}

TEST(Plan, CommonRandomNumbersShareTheSimulationButNotTheInference) {
  const auto tasks = plan(parse(kLines, {"campaign.common_random_numbers=true"}));
  EXPECT_EQ(tasks[0].simulation_key.cell, tasks[3].simulation_key.cell);
  EXPECT_NE(tasks[0].key.cell, tasks[3].key.cell);
}

TEST(NearestName, CountsInsertionsDeletionsAndReplacements) {
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(nearest_name("sead", {"study", "seed", "name"}), "seed");
}

}  // namespace
}  // namespace praesepe::workflow::campaign
