#include "workflow/store/gather.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/workflow/store/example_results.hpp"
#include "workflow/store/posterior_file.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::tests {

namespace fs = std::filesystem;
using namespace workflow::store;

class Gather : public InFolder {
 protected:
  Gather() {
    fs::create_directories(shards_);
    for (std::int64_t id = 0; id < kTasks; ++id) publish_shard(shards_, example_result(id), campaign_);
  }
  static constexpr std::int64_t kTasks = 6;
  const CampaignIdentity campaign_ = example_campaign();
  const fs::path shards_ = folder_ / "shards";
  const fs::path output_ = folder_ / "posteriors.h5";
};

TEST_F(Gather, StacksEveryTaskByItsNumber) {
  const auto outcomes = gather(campaign_, example_plan(kTasks), {shards_}, output_);
  const PosteriorFile file(output_);
  ASSERT_EQ(outcomes.size(), 6U);
  for (std::int64_t id = 0; id < kTasks; ++id) {
    const auto row = file.row_of(id);
    const auto expected = example_result(id);
    EXPECT_TRUE(same_numbers(file.task_result(row), expected)) << "task " << id;
    EXPECT_EQ(outcomes[row].status, expected.status);
    EXPECT_EQ(file.posterior(row, 2), expected.posterior[2]);
    EXPECT_EQ(file.sample_statistic(row, "tree_depth"), expected.sample_stats.at("tree_depth"));
    EXPECT_EQ(file.profile(row, "v2"), expected.profiles.bands[1]);
  }
  EXPECT_EQ(file.truth()(4, 1), 9.0);
  EXPECT_EQ(file.summary("median")(3, 0), 3.0 + 1.0 / 3.0);
  EXPECT_EQ(file.summary("rank")(3, 2), 5.0);
  EXPECT_EQ(file.campaign().sha256, campaign_.sha256);
}

TEST_F(Gather, GivesTheSameBytesWhateverTheOrderAndTheFolders) {
  gather(campaign_, example_plan(kTasks), {shards_}, output_);
  const std::string once = bytes_of(output_);
  gather(campaign_, example_plan(kTasks), {folder_}, output_);
  EXPECT_EQ(bytes_of(output_), once) << "gathered a second time";

  auto files = list_shards(shards_);
  auto plan = example_plan(kTasks);
  std::mt19937 random(1);
  std::shuffle(files.begin(), files.end(), random);
  std::shuffle(plan.begin(), plan.end(), random);
  fs::create_directories(folder_ / "other");
  for (auto file = files.begin(); file != files.begin() + 3; ++file) {
    fs::rename(*file, folder_ / "other" / file->filename());
    *file = folder_ / "other" / file->filename();
  }
  gather(campaign_, plan, files, output_);
  EXPECT_EQ(bytes_of(output_), once) << "shuffled";
  gather(campaign_, plan, {folder_ / "other", shards_, files[0], files[0]}, output_);
  EXPECT_EQ(bytes_of(output_), once) << "two folders, one file named again";
}

TEST_F(Gather, RefusesMissingTasksUnlessAllowed) {
  fs::remove(shard_path(shards_, 2));
  expect_refusal([&] { gather(campaign_, example_plan(kTasks + 2), {shards_}, output_); },
                 {"3 of 8 tasks have no result: 2, 6, 7", "--allow-missing"});
  EXPECT_FALSE(fs::exists(output_));

  gather(campaign_, example_plan(kTasks), {shards_}, output_, true);
  const PosteriorFile file(output_);
  const auto& missing = file.tasks()[2];
  EXPECT_EQ(missing.status, TaskStatus::missing);
  EXPECT_EQ(missing.id, 2);
  EXPECT_FALSE(missing.message.empty());
  EXPECT_TRUE(file.posterior(2, 0).array().isNaN().all());
  EXPECT_TRUE(file.sample_statistic(2, "n_steps").array().isNaN().all());
  EXPECT_TRUE(file.summary("mean").row(2).array().isNaN().all());
  EXPECT_EQ(file.truth()(2, 1), 7.0);
  EXPECT_TRUE(same_numbers(file.task_result(3), example_result(3)));
}

TEST_F(Gather, KeepsFailedTasksAsRowsOfNaN) {
  for (const std::int64_t id : {0, 5}) fs::remove(shard_path(shards_, id));
  publish_shard(shards_, failed_result(0), campaign_);
  TaskResult crashed = failed_result(5);
  crashed.status = TaskStatus::crashed;
  crashed.quantities.clear();
  crashed.truth.clear();
  publish_shard(shards_, crashed, campaign_);
  gather(campaign_, example_plan(kTasks), {shards_}, output_);
  const PosteriorFile file(output_);
  EXPECT_EQ(file.tasks()[0].message, "no start has a finite density");
  EXPECT_EQ(file.tasks()[5].status, TaskStatus::crashed);
  for (const std::size_t row : {0U, 5U}) {
    EXPECT_EQ(file.posterior(row, 1).rows(), kDraws);
    EXPECT_TRUE(file.posterior(row, 1).array().isNaN().all());
  }
  EXPECT_EQ(file.truth()(5, 1), 10.0) << "from the plan";
}

TEST_F(Gather, OfNothingButFailuresIsAFileToo) {
  const fs::path other = folder_ / "failures";
  fs::create_directories(other);
  publish_shard(other, failed_result(0), campaign_);
  gather(campaign_, example_plan(1), {other}, output_);
  EXPECT_TRUE(std::isnan(PosteriorFile(output_).posterior(0, 0)(0, 0)));
}

TEST_F(Gather, TakesPartsFromGatheredFiles) {
  gather(campaign_, example_plan(kTasks), {shards_}, output_);
  const std::string direct = bytes_of(output_);
  const fs::path part = folder_ / "part.h5";
  gather(campaign_, example_plan(kTasks), {shard_path(shards_, 1), shard_path(shards_, 4)}, part, true);
  for (const std::int64_t id : {1, 4}) fs::remove(shard_path(shards_, id));
  gather(campaign_, example_plan(kTasks), {shards_, part}, output_);
  for (std::int64_t id = 0; id < kTasks; ++id)
    EXPECT_TRUE(same_numbers(PosteriorFile(output_).task_result(static_cast<std::size_t>(id)), example_result(id)));
}

TEST_F(Gather, RefusesDamagedForeignUnplannedAndContradictingShards) {
  const auto plan = example_plan(kTasks);
  const auto whole = bytes_of(shard_path(shards_, 1));
  auto flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 4);
  write_bytes(shard_path(shards_, 1), flipped);
  expect_refusal([&] { gather(campaign_, plan, {shards_}, output_); }, {"000001.h5"});
  write_bytes(shard_path(shards_, 1), whole.substr(0, whole.size() - 200));
  expect_refusal([&] { gather(campaign_, plan, {shards_}, output_); }, {"000001.h5", "cut short"});
  write_bytes(shard_path(shards_, 1), whole);

  expect_refusal([&] { gather(example_campaign("other"), plan, {shards_}, output_); }, {"another campaign"});
  expect_refusal([&] { gather(campaign_, example_plan(5), {shards_}, output_); }, {"holds task 5", "does not have"});
  auto reseeded = plan;
  reseeded[2].seed = 7;
  expect_refusal([&] { gather(campaign_, reseeded, {shards_}, output_); }, {"000002.h5", "seed"});
  expect_refusal([&] { gather(campaign_, plan, {folder_ / "nowhere"}, output_); }, {"no such file or folder"});

  const fs::path other = folder_ / "other";
  fs::create_directories(other);
  auto twin = example_result(1);
  twin.posterior[0](0, 0) += 1.0;
  publish_shard(other, twin, campaign_);
  expect_refusal([&] { gather(campaign_, plan, {shards_, other}, output_); }, {"different results of task 1"});
  fs::remove(shard_path(shards_, 1));
  fs::remove(shard_path(other, 1));
  twin.quantities[1].name = "mass";
  publish_shard(other, twin, campaign_);
  expect_refusal([&] { gather(campaign_, plan, {shards_, other}, output_); }, {"000001.h5", "quantities differ"});
  EXPECT_FALSE(fs::exists(output_));
}

}  // namespace praesepe::tests
