#include "workflow/store/shard.hpp"

#include <cmath>
#include <random>

#include "tests/workflow/store/example_results.hpp"
#include "workflow/store/checksum.hpp"
#include "workflow/store/posterior_file.hpp"

namespace praesepe::tests {

namespace fs = std::filesystem;
using namespace workflow::store;

class Shard : public InFolder {
 protected:
  const CampaignIdentity campaign_ = example_campaign();
};

TEST_F(Shard, GivesBackEveryNumberOfItsTask) {
  const auto written = example_result(11);
  EXPECT_EQ(publish_shard(folder_, written, campaign_), Publication::published);
  const auto read = read_shard(folder_ / "000011.h5", campaign_);
  EXPECT_TRUE(same_numbers(read, written));
  EXPECT_EQ(read.seed, written.seed);
  EXPECT_EQ(read.message, written.message);
  EXPECT_EQ(read.host, "node-ä");
  EXPECT_EQ(read.wall_time, written.wall_time);
  EXPECT_EQ(read.quantities, written.quantities);
  EXPECT_EQ(read.posterior.at(1), written.posterior.at(1));
  EXPECT_EQ(read.sample_stats.at("diverging"), written.sample_stats.at("diverging"));
  EXPECT_EQ(read.sample_stats.at("an_extra_one"), written.sample_stats.at("an_extra_one"));
  EXPECT_EQ(read.summary.at(2).r_hat, 1.5);
  EXPECT_EQ(read.profiles.bands.at(1), written.profiles.bands.at(1));
  EXPECT_EQ(read.catalogue->source_id, written.catalogue->source_id);
  EXPECT_EQ((*read.catalogue)["parallax"], (*written.catalogue)["parallax"]);
  EXPECT_EQ(read.latents->values.at(0), written.latents->values.at(0));
  EXPECT_EQ(read.membership->p_mcse, written.membership->p_mcse);
  EXPECT_EQ(read.membership->truth, written.membership->truth);
}

TEST_F(Shard, OfATaskWithOnlyItsParametersIsEnough) {
  auto written = example_result(2);
  written.truth.clear();  // real data
  written.rank.clear();
  written.profiles = {};
  written.catalogue.reset();
  written.latents.reset();
  written.membership.reset();
  publish_shard(folder_, written, campaign_);
  const auto read = read_shard(shard_path(folder_, 2), campaign_);
  EXPECT_TRUE(same_numbers(read, written));
  EXPECT_TRUE(read.truth.empty());
  EXPECT_TRUE(std::isnan(read.rank.at(0)));
  EXPECT_FALSE(read.catalogue.has_value());
}

TEST_F(Shard, OfAFailedTaskKeepsItsReasonAndHasNoNumbers) {
  publish_shard(folder_, failed_result(3), campaign_);
  const auto read = read_shard(shard_path(folder_, 3), campaign_);
  EXPECT_EQ(read.status, TaskStatus::failed);
  EXPECT_EQ(read.message, "no start has a finite density");
  EXPECT_TRUE(read.posterior.at(0).array().isNaN().all());
  TaskResult bare;  // a crash, noted by someone who knows only the task's number
  bare.id = 4;
  bare.status = TaskStatus::crashed;
  publish_shard(folder_, bare, campaign_);
  EXPECT_EQ(read_shard(shard_path(folder_, 4), campaign_).status, TaskStatus::crashed);
}

TEST_F(Shard, HeaderHasTheWorstRHatOfTheModelsParameters) {
  publish_shard(folder_, example_result(7), campaign_);
  const auto header = read_shard_header(shard_path(folder_, 7));
  EXPECT_EQ(header.task.id, 7);
  EXPECT_EQ(header.task.status, TaskStatus::not_converged);
  EXPECT_EQ(header.max_r_hat, 1.001 + 1e-4 * 7.0);  // not the 1.5 of the derived quantity
  EXPECT_EQ(header.campaign_sha256, campaign_.sha256);
}

TEST_F(Shard, FirstWriterWins) {
  auto result = example_result(1);
  publish_shard(folder_, result, campaign_);
  const auto before = bytes_of(shard_path(folder_, 1));
  result.wall_time = 99.0;
  result.host = "elsewhere";
  EXPECT_EQ(publish_shard(folder_, result, campaign_), Publication::already_there);
  result.posterior[0](0, 0) = std::nextafter(result.posterior[0](0, 0), 1e9);
  EXPECT_EQ(publish_shard(folder_, result, campaign_), Publication::differs);
  EXPECT_EQ(publish_shard(folder_, failed_result(1), campaign_), Publication::already_there);
  EXPECT_EQ(bytes_of(shard_path(folder_, 1)), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "a temporary was left";
}

TEST_F(Shard, ReplacesOneThatIsDamagedOrHasNoDraws) {
  publish_shard(folder_, failed_result(1), campaign_);
  EXPECT_EQ(publish_shard(folder_, example_result(1), campaign_), Publication::replaced);
  write_bytes(shard_path(folder_, 1), "not a shard");
  EXPECT_EQ(publish_shard(folder_, example_result(1), campaign_), Publication::replaced);
  EXPECT_TRUE(same_numbers(read_shard(shard_path(folder_, 1), campaign_), example_result(1)));
}

TEST_F(Shard, OfAnotherCampaignIsRefusedAndKept) {
  publish_shard(folder_, example_result(1), campaign_);
  const auto other = example_campaign("other");
  expect_refusal([&] { read_shard(shard_path(folder_, 1), other); },
                 {"000001.h5", "belongs to another campaign (\"made-up\"", campaign_.sha256, other.sha256});
  expect_refusal([&] { publish_shard(folder_, example_result(1), other); }, {"another campaign"});
  EXPECT_NO_THROW(read_shard(shard_path(folder_, 1), campaign_));
}

TEST_F(Shard, CutShortOrFlippedAnywhereIsRefused) {
  publish_shard(folder_, example_result(1), campaign_);
  const auto path = shard_path(folder_, 1);
  const std::string whole = bytes_of(path);
  std::mt19937 random(1);
  for (int i = 0; i < 40; ++i) {
    const auto place = std::uniform_int_distribution<std::size_t>(0, whole.size() - 1)(random);
    write_bytes(path, whole.substr(0, place));
    EXPECT_THROW(read_shard(path, campaign_), InputError) << "cut to " << place << " bytes";
    std::string flipped = whole;
    flipped[place] = static_cast<char>(flipped[place] ^ (1 << (i % 8)));
    write_bytes(path, flipped);
    EXPECT_THROW(read_shard(path, campaign_), InputError) << "bit " << i % 8 << " of byte " << place;
  }
}

TEST_F(Shard, VerificationCountsNamesTheDamagedAndRemovesStrayTemporaries) {
  for (const std::int64_t id : {0, 1, 2, 1234567}) publish_shard(folder_, example_result(id), campaign_);
  fs::copy_file(shard_path(folder_, 0), shard_path(folder_, 9));
  const auto whole = bytes_of(shard_path(folder_, 1));
  write_bytes(shard_path(folder_, 1), whole.substr(0, whole.size() / 2));
  write_bytes(folder_ / ".000005.elsewhere.99.tmp", "perhaps still being written");
  write_bytes(folder_ / ".000005.long-ago.99.tmp", "half");
  fs::last_write_time(folder_ / ".000005.long-ago.99.tmp", fs::file_time_type::clock::now() - std::chrono::hours(1));
  const auto report = verify_shards(folder_, campaign_);
  EXPECT_EQ(report.valid, 3U);
  EXPECT_EQ(report.temporaries_removed, 1U);
  ASSERT_EQ(report.damaged.size(), 2U);
  EXPECT_EQ(report.damaged[0].shard.filename(), "000001.h5");
  EXPECT_NE(report.damaged[1].message.find("holds task 0, not the one of its name"), std::string::npos);
  EXPECT_EQ(list_shards(folder_).back().filename(), "1234567.h5");
  EXPECT_TRUE(list_shards(folder_ / "none").empty());
}

TEST_F(Shard, PropertiesOfTheFileAreThoseOfTheGatheredOne) {
  publish_shard(folder_, example_result(1), campaign_);
  const PosteriorFile file(shard_path(folder_, 1));
  EXPECT_EQ(file.tasks().size(), 1U);
  EXPECT_EQ(file.campaign().toml, campaign_.toml);
  EXPECT_EQ(file.posterior(0, file.quantity("log10_mass")), example_result(1).posterior[1]);
}

}  // namespace praesepe::tests
