// Bands of known content: a campaign of two cells, whose tasks store the true functions times factors that hold, or
// miss, the truth at radii that the test chooses.

#include "analysis/profile_coverage.hpp"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.hpp"
#include "workflow/campaign/plan.hpp"
#include "workflow/result_folder.hpp"
#include "workflow/run_task.hpp"
#include "workflow/store/gather.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::analysis {
namespace {

using workflow::campaign::Campaign;
using workflow::store::TaskResult;

constexpr const char* kCampaign = R"([campaign]
study = "globular"
replicates = 3
[grid]
g = [1.2, 1.6]
[sampler]
draws = 10
)";

/// True functions of a task times 0.8, 1 and 1.2 - 95 % - or, where `misses`, times 1.1, 1.2 and 1.3.
TaskResult with_bands(const Campaign& campaign, const workflow::campaign::Task& task,
                      const std::function<bool(Eigen::Index radius)>& misses) {
  TaskResult result = workflow::crashed_result(campaign, task, "");
  result.status = TaskStatus::converged;
  for (auto& draws : result.posterior) draws.setOnes();
  const auto& profiles = campaign.study->profiles();
  const Eigen::MatrixXd truth = campaign.study->profile_values(task.truth);
  result.profiles = {profiles.radius, {0.025, 0.5, 0.975}, profiles.names, profiles.units, {}};
  for (Eigen::Index f = 0; f < truth.cols(); ++f) {
    Eigen::MatrixXd& band = result.profiles.bands.emplace_back(truth.rows(), 3);
    for (Eigen::Index r = 0; r < truth.rows(); ++r) {
      const double shift = misses(r) ? 0.3 : 0.0;
      band.row(r) = truth(r, f) * Eigen::RowVector3d(0.8 + shift, 1.0 + shift, 1.2 + shift);
    }
  }
  return result;
}

TEST(ProfileCoverage, CountsTasksWhoseBandHoldsTheTruth) {
  const tests::TemporaryFolder folder;
  const Campaign campaign = workflow::campaign::parse_campaign(kCampaign, "bands.toml", {});
  const auto plan = workflow::campaign::plan(campaign);
  const auto identity = workflow::identity_of(campaign);
  const auto shards = folder.path() / "shards", output = folder.path() / "posteriors.h5";
  std::filesystem::create_directories(shards);
  for (const auto& task : plan) {
    // Task k misses at the first k radii; the last one has failed.
    const auto misses = [&task](Eigen::Index radius) { return radius < task.id; };
    const bool failed = task.id + 1 == static_cast<std::int64_t>(plan.size());
    publish_shard(shards, failed ? workflow::crashed_result(campaign, task, "") : with_bands(campaign, task, misses),
                  identity);
  }
  workflow::store::gather(identity, workflow::planned_tasks(campaign, plan), {shards}, output);

  const auto rows = profile_coverage(workflow::store::PosteriorFile(output));
  const auto radii = campaign.study->profiles().radius;
  ASSERT_EQ(rows.size(), 4 * radii.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto radius = static_cast<std::int64_t>(i % radii.size());
    EXPECT_EQ(rows[i].function, campaign.study->profiles().names[i / radii.size()]);
    EXPECT_EQ(rows[i].radius, radii[i % radii.size()]);
    EXPECT_DOUBLE_EQ(rows[i].level, 0.95);
    EXPECT_EQ(rows[i].tasks, 6);
    // Outside the cluster truth and band are zero, whatever the factor.
    const double edge = campaign.study->derive(plan.front().truth)[3];
    if (rows[i].radius > edge) continue;
    EXPECT_EQ(rows[i].hits, std::min<std::int64_t>(radius + 1, 5)) << rows[i].function << ' ' << rows[i].radius;
    EXPECT_DOUBLE_EQ(rows[i].coverage, static_cast<double>(rows[i].hits) / 6.0);
  }
}

}  // namespace
}  // namespace praesepe::analysis
