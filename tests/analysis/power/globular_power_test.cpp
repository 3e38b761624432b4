// Calibration of the real model, sampled as a campaign samples it: the right one passes, wrong ones are noticed.
//
// Truths are drawn from priors that are narrower than those of jobs/gc-sbc.toml, so that a task takes seconds; the same
// truths, catalogues and random numbers with every fault. A right model is rejected with probability 5 %.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "analysis/uniformity.hpp"
#include "workflow/run_task.hpp"
#include "wrong_study.hpp"

namespace praesepe::tests {
namespace {

using analysis::Counting;
using analysis::UniformityRow;
using workflow::campaign::Campaign;
using workflow::store::TaskResult;

constexpr std::int64_t kTasks = 40, kKept = 99;

constexpr const char* kCampaign = R"toml(
[campaign]
name = "power"
study = "globular"
design = "prior"
seed = 20230815
replicates = {}
[observe]
stars = 100
sigma = 0.1
[prior]
phi0 = "uniform(3, 8)"
g = "uniform(0.5, 1.5)"
log10_mass = "normal(5.5, 0.3)"
log10_rh = "truncated_normal(0.7, 0.2, 0.2, 1.2)"
[sampler]
warmup = 100
draws = 150
)toml";

analysis::TaskDraws draws_of(const TaskResult& result, std::size_t row, sim::random::StreamKey key) {
  const auto size = static_cast<Eigen::Index>(result.quantities.size());
  const Eigen::VectorXd truth = Eigen::Map<const Eigen::VectorXd>(result.truth.data(), size);
  analysis::TaskDraws draws{row, key, Eigen::MatrixXd(result.posterior.front().size(), size), truth};
  for (Eigen::Index q = 0; q < size; ++q)
    draws.values.col(q) = result.posterior[static_cast<std::size_t>(q)].reshaped();
  return draws;
}

/// The smallest effective sample size of a parameter.
double smallest_ess(const TaskResult& result) {
  double smallest = 1e300;
  for (std::size_t q = 0; q < result.quantities.size(); ++q)
    if (!result.quantities[q].derived) smallest = std::min(smallest, result.summary[q].ess_bulk);
  return smallest;
}

/// A campaign with a fault, and what its first tasks say.
class FaultyCampaign {
 public:
  explicit FaultyCampaign(GlobularFault fault) : study_(std::make_shared<const WrongStudy>(fault)) {
    campaign_ = workflow::campaign::parse_campaign(fmt::format(kCampaign, kTasks), "power.toml", {});
    prior_ = analysis::prior_sample(campaign_);
    campaign_.study = study_;
    campaign_.sampler.max_continuation = 1;  // ranks need a hundred draws, not a thousand
    double seconds = 0.0;
    for (const auto& task : workflow::campaign::plan(campaign_)) {
      results_.push_back(workflow::run_task(campaign_, task));
      keys_.push_back(task.key);
      seconds += results_.back().cpu_time;
      if (results_.back().has_draws()) effective_ = std::min(effective_, smallest_ess(results_.back()));
    }
    std::printf("  %d tasks of %.1f s; effective draws %.0f or more\n", static_cast<int>(kTasks),
                seconds / static_cast<double>(kTasks), effective_);
  }

  std::vector<UniformityRow> verdicts(std::size_t tasks) const {
    analysis::Ranks ranks(results_.front().quantities, tasks, kKept, prior_);
    std::vector<analysis::TaskStatus> status;
    for (std::size_t row = 0; row < tasks; ++row) {
      status.push_back(results_[row].status);
      if (results_[row].has_draws()) ranks.add(draws_of(results_[row], row, keys_[row]));
    }
    return analysis::uniformity(ranks, status);
  }

  std::int64_t without_draws() const {
    return std::ranges::count_if(results_, [](const TaskResult& result) { return !result.has_draws(); });
  }

  double effective_draws() const { return effective_; }  ///< of the worst parameter of the worst task

 private:
  std::shared_ptr<const WrongStudy> study_;
  Campaign campaign_;
  analysis::PriorSample prior_;
  std::vector<TaskResult> results_;
  std::vector<sim::random::StreamKey> keys_;
  double effective_ = 1e300;
};

void print(const std::vector<UniformityRow>& rows) {
  for (const auto& row : rows)
    if (row.counting == Counting::all && row.in_family)
      std::printf("  %-16s p %.2g, corrected %.2g\n", row.quantity.c_str(), row.p, row.p_holm);
}

/// How soon the first tasks, looked at one after the other, are rejected at 5 %.
struct Rejection {
  std::int64_t first = kTasks + 1;  ///< the smallest number of tasks that is
  std::int64_t since = 1;           ///< and so is every larger one from here on
};

Rejection rejection(const FaultyCampaign& campaign) {
  Rejection result;
  for (std::int64_t tasks = 1; tasks <= kTasks; ++tasks) {
    if (analysis::is_calibrated(campaign.verdicts(static_cast<std::size_t>(tasks)), Counting::all)) {
      result.since = tasks + 1;
    } else {
      result.first = std::min(result.first, tasks);
    }
  }
  std::printf("  rejected with %d tasks, and with %d or more\n", static_cast<int>(result.first),
              static_cast<int>(result.since));
  return result;
}

void expect_rejected(GlobularFault fault, std::int64_t at_most) {
  const FaultyCampaign campaign(fault);
  print(campaign.verdicts(kTasks));
  EXPECT_FALSE(analysis::is_calibrated(campaign.verdicts(kTasks), Counting::all));
  EXPECT_LE(rejection(campaign).since, at_most);
}

TEST(GlobularPower, PassesTheRightStudy) {
  const FaultyCampaign campaign(GlobularFault::none);
  EXPECT_EQ(campaign.without_draws(), 0);
  EXPECT_GE(campaign.effective_draws(), static_cast<double>(kKept));
  print(campaign.verdicts(kTasks));
  EXPECT_TRUE(analysis::is_calibrated(campaign.verdicts(kTasks), Counting::all));
}

TEST(GlobularPower, NoticesHalvedErrorBars) { expect_rejected(GlobularFault::half_errors, 25); }

TEST(GlobularPower, NoticesAMissingJacobian) { expect_rejected(GlobularFault::no_jacobian, 10); }

}  // namespace
}  // namespace praesepe::tests
