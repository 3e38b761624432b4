// Memberships of known reliability: labels drawn with the stored probability, or with another one.

#include "analysis/reliability.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/temporary_folder.hpp"
#include "workflow/campaign/plan.hpp"
#include "workflow/result_folder.hpp"
#include "workflow/run_task.hpp"
#include "workflow/store/gather.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::analysis {
namespace {

using sim::random::Purpose;
using sim::random::Stream;
using workflow::store::Membership;
using workflow::store::TaskResult;

constexpr const char* kCampaign = R"([campaign]
study = "line-outliers"
replicates = 40
[sampler]
draws = 4
)";
constexpr Eigen::Index kStars = 200;

/// Labels of stars with probability p, each true with probability truth(p).
Membership labelled(std::uint64_t task, double (*truth)(double)) {
  Stream stream({task, 0, 0}, Purpose::latents);
  Membership m{
      {"line", "outlier"}, Eigen::MatrixXd(kStars, 2), Eigen::MatrixXd::Zero(kStars, 2), Eigen::VectorXd(kStars)};
  for (Eigen::Index n = 0; n < kStars; ++n) {
    const double p = stream.uniform();
    m.p.row(n) << p, 1.0 - p;
    m.truth[n] = stream.uniform() < truth(p) ? 0.0 : 1.0;
  }
  return m;
}

std::vector<ReliabilityRow> reliability_of(double (*truth)(double)) {
  const tests::TemporaryFolder folder;
  const auto campaign = workflow::campaign::parse_campaign(kCampaign, "members.toml", {});
  const auto plan = workflow::campaign::plan(campaign);
  const auto identity = workflow::identity_of(campaign);
  const auto shards = folder.path() / "shards", output = folder.path() / "posteriors.h5";
  std::filesystem::create_directories(shards);
  for (const auto& task : plan) {
    TaskResult result = workflow::crashed_result(campaign, task, "");
    const bool failed = task.id == 3;
    if (!failed) {
      result.status = TaskStatus::converged;
      for (auto& draws : result.posterior) draws.setOnes();
      result.n_stars = kStars;
      result.membership = labelled(static_cast<std::uint64_t>(task.id), truth);
    }
    publish_shard(shards, result, identity);
  }
  workflow::store::gather(identity, workflow::planned_tasks(campaign, plan), {shards}, output);
  return reliability(workflow::store::PosteriorFile(output));
}

TEST(Reliability, OfHonestProbabilitiesIsOnTheDiagonal) {
  const auto rows = reliability_of([](double p) { return p; });
  ASSERT_EQ(rows.size(), 11U);  // of two components the first tells all
  std::int64_t stars = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(rows[i].tasks, 39);
    EXPECT_TRUE(rows[i].low <= rows[i].mean_p && rows[i].mean_p <= rows[i].high);
    EXPECT_GT(rows[i].p_holm, 0.001);  // false alarm 0.1 %
    stars += rows[i].stars;
  }
  EXPECT_EQ(rows[10].component, "line");
  EXPECT_EQ(rows[10].stars, 39 * kStars);
  EXPECT_EQ(stars, 39 * kStars);
  EXPECT_NEAR(rows[10].share, rows[10].mean_p, 4.0 * std::sqrt(0.25 / static_cast<double>(stars)));
}

TEST(Reliability, SeesOverconfidence) {
  // Stars said to belong with 95 % do so with 90 %, and those with 5 % with 10 %.
  const auto rows = reliability_of([](double p) { return 0.5 + 0.89 * (p - 0.5); });
  EXPECT_LT(std::min(rows[0].p_holm, rows[9].p_holm), 0.01);
  EXPECT_GT(rows[0].z, 0.0);
  EXPECT_LT(rows[9].z, 0.0);
  EXPECT_GT(rows[10].p_holm, 0.01);  // on average right
}

}  // namespace
}  // namespace praesepe::analysis
