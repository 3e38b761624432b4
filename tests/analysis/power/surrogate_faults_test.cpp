// Each fault, and none, in one campaign of 100 tasks: who notices, and who cannot.

#include <gmock/gmock.h>

#include <algorithm>

#include "surrogate.hpp"

namespace praesepe::tests {
namespace {

using analysis::QuantityKind;
using analysis::UniformityRow;

constexpr std::int64_t kTasks = 100;
constexpr std::uint64_t kSeed = 20230815;

std::vector<UniformityRow> campaign(Fault fault) { return verdicts({5, kTasks, fault, kSeed}); }

/// Names of the quantities whose p-value, corrected for the family, is at most 5 %.
std::vector<std::string> rejecting(const std::vector<UniformityRow>& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows)
    if (row.in_family && row.p_holm <= analysis::kFamilyWiseLevel) names.push_back(row.quantity);
  return names;
}

/// Smallest p-value of the parameters, corrected by Bonferroni for their number.
double smallest_of_parameters(const std::vector<UniformityRow>& rows) {
  double smallest = 1.0, number = 0.0;
  for (const auto& row : rows) {
    if (row.kind != QuantityKind::parameter) continue;
    smallest = std::min(smallest, row.p);
    ++number;
  }
  return std::min(1.0, number * smallest);
}

using testing::Contains;
using testing::IsEmpty;

// False alarm with another seed: 5 %.
TEST(Calibration, PassesAnExactPosterior) { EXPECT_THAT(rejecting(campaign(Fault::none)), IsEmpty()); }

TEST(Calibration, SeesHalvedErrorBarsInParametersAndLikelihood) {
  const auto names = rejecting(campaign(Fault::half_errors));
  EXPECT_THAT(names, Contains("theta_1"));
  EXPECT_THAT(names, Contains("log_likelihood"));
}

TEST(Calibration, SeesAMissingJacobianInTheDistance) {
  EXPECT_THAT(rejecting(campaign(Fault::no_jacobian)), Contains("theta_2"));
}

// Without its prior, the posterior of a location is centred on the measurement: the truth's rank in it is uniform. Only
// the distance to points of the prior knows that the prior forbids where the draws go.
TEST(Calibration, SeesAnIgnoredPriorByTheDistanceToThePriorAlone) {
  const auto rows = campaign(Fault::no_prior);
  EXPECT_THAT(rejecting(rows), testing::ElementsAre("tarp"));
  EXPECT_GT(smallest_of_parameters(rows), 0.05);
}

TEST(Calibration, SeesAStuckChainInItsParameterAndInTheDensity) {
  const auto names = rejecting(campaign(Fault::stuck_chain));
  EXPECT_THAT(names, Contains("theta_1"));
  EXPECT_THAT(names, Contains("log_density"));
}

TEST(Calibration, SeesDataThatTheSamplerIgnoresInTheLikelihoodThoughAllParametersLookFine) {
  const auto rows = campaign(Fault::prior_for_posterior);
  EXPECT_GT(smallest_of_parameters(rows), 0.05);
  EXPECT_THAT(rejecting(rows), Contains("log_likelihood"));
}

// The limit of all ranks: a likelihood that does not know the data cannot show that they are ignored. The contraction
// of analysis/prior_comparison.hpp, zero then, does.
TEST(Calibration, CannotSeeDataThatTheLikelihoodItselfIgnores) {
  EXPECT_THAT(rejecting(campaign(Fault::constant_likelihood)), IsEmpty());
}

}  // namespace
}  // namespace praesepe::tests
