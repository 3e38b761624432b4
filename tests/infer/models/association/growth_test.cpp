#include "infer/models/association/growth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "infer/models/association/births.hpp"
#include "infer/models/association/group_tables.hpp"
#include "infer/models/association/moves.hpp"
#include "tests/infer/models/association/configured.hpp"

namespace praesepe::infer::models::association {
namespace {

// By evidence. Bayes' criterion prefers two groups for the first: the second is a handful of the field's stars.
TEST(Growth, FindsHowManyGroupsThereAre) {
  for (const int groups : {1, 2}) {
    Configured c(settings(groups));
    c.observation["stars"] = 80.0 * (groups + 1);
    const Model model = with_groups(read_model(settings(groups)), 3);
    Stream stream({7, 0, 0}, Purpose::starts);
    const auto counts = count_groups(model, stars_of(c.simulate(), model), stream, Threads(1));
    ASSERT_EQ(counts.size(), 3U);
    const auto best = std::ranges::max_element(counts, {}, &GroupCount::log_evidence);
    EXPECT_EQ(best->model.groups, groups) << groups_table(counts);
  }
}

// Of two groups as far apart as these, the first fit takes one, whose name it keeps.
TEST(GroupTables, NamesStayWithTheirGroups) {
  Configured c(settings(2.0));
  const Model model = read_model(settings(2.0));
  c.truth[model.group(1).mean] = 80.0;
  c.truth[model.index("group_0_weight")] = 0.7;
  c.truth[model.index("group_1_weight")] = 0.3;
  Stream stream({7, 0, 0}, Purpose::starts);
  const auto counts = count_groups(model, stars_of(c.simulate(), model), stream, Threads(1));
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_THAT(counts[0].names, testing::ElementsAre("A"));
  ASSERT_THAT(counts[1].names, testing::UnorderedElementsAre("A", "B"));
  const auto x = [&](std::size_t of, int k) { return counts[of].fit.theta[counts[of].model.group(k).mean]; };
  const int a = counts[1].names[0] == "A" ? 0 : 1;
  EXPECT_LT(std::abs(x(1, a) - x(0, 0)), std::abs(x(1, 1 - a) - x(0, 0)));
}

TEST(Growth, IsTheSameOnAnyNumberOfThreads) {
  Configured c(settings(2.0));
  c.observation["stars"] = 100.0;
  const Model model = read_model(settings(2.0));
  const auto stars = stars_of(c.simulate(), model);
  const auto table = [&](int threads) {
    Stream stream({7, 0, 0}, Purpose::starts);
    return components_table(count_groups(model, stars, stream, Threads(threads)));
  };
  EXPECT_EQ(table(1), table(3));
}

double log_likelihood_at_truth(const Configured& c, const Catalogue& catalogue) {
  Vector gradient(c.truth.size());
  return c.study->likelihood(catalogue, c.observation)->log_likelihood(c.truth, gradient);
}

TEST(Growth, EndsNearTheTruth) {
  Configured c(settings(2.0));
  const Model model = read_model(settings(2.0));
  const auto catalogue = c.simulate();
  Stream stream({7, 0, 0}, Purpose::starts);
  const auto steps = grow(model, stars_of(catalogue, model), stream, Threads(1), {.kept = 2});
  ASSERT_EQ(steps.size(), 2U);
  for (const auto& fits : steps) {
    ASSERT_FALSE(fits.empty());
    for (std::size_t i = 1; i < fits.size(); ++i) EXPECT_GT(fits[i - 1].log_density, fits[i].log_density);
  }
  const PointFit& best = steps.back().front();
  // a maximum is above the truth by half the number of parameters, 32, give or take sqrt(32 / 2): 4.5 of it
  const double gain = best.log_likelihood - log_likelihood_at_truth(c, catalogue);
  EXPECT_GT(gain, 0.0);
  EXPECT_LT(gain, 34.0);
  // ages of such groups have posterior standard deviations of 1 to 2 Myr
  for (int k = 0; k < 2; ++k) EXPECT_NEAR(best.theta[model.group(k).age], 20.0 + 10.0 * k, 5.0) << k;
}

TEST(Growth, FindsAFieldOfTwoGaussians) {
  Configured c(settings(1.0, 2.0));
  c.observation["stars"] = 400.0;
  c.truth[c.index("field_1_u")] = -15.0;
  const Model model = read_model(settings(1.0, 2.0));
  const auto catalogue = c.simulate();
  Stream stream({7, 0, 0}, Purpose::starts);
  const auto steps = grow(model, stars_of(catalogue, model), stream, Threads(1));
  ASSERT_EQ(steps.size(), 1U);
  const PointFit& best = steps.back().front();
  // half the number of parameters, 35, give or take sqrt(35 / 2): 4.5 of it
  const double gain = best.log_likelihood - log_likelihood_at_truth(c, catalogue);
  EXPECT_GT(gain, 0.0);
  EXPECT_LT(gain, 36.0);
  // 100 stars of each Gaussian, told apart less than fully: spreads to 10 %
  for (int k = 0; k < 2; ++k) EXPECT_NEAR(best.theta[model.field(k).shape.sd[3]] / (20.0 * (k + 1)), 1.0, 0.4) << k;
  EXPECT_NEAR(best.theta[model.group(0).age], 20.0, 5.0);
}

// Four groups that overlap. Growth alone takes two of them for one and, for the fourth, two stars of the field: 107
// nats too low. Divisions or exchanges mend it, either alone.
TEST(Growth, MovesGroupsUntilItIsAsHighAsAClimbFromTheTruth) {
  Configured c(settings(4.0));
  const Model model = read_model(settings(4.0));
  const std::vector<double> ages{5.0, 15.0, 30.0, 60.0};
  for (int k = 0; k < 4; ++k) {
    c.truth[model.group(k).mean] = 12.0 * k;
    c.truth[model.group(k).mean + 3] = 1.0 * k;
    c.truth[model.group(k).age] = ages[static_cast<std::size_t>(k)];
  }
  c.truth[model.index("group_fraction")] = 0.6;
  c.observation["stars"] = 240.0;
  const auto stars = stars_of(c.simulate(2), model);
  const auto grown = [&](bool exchanges) {
    Stream stream({7, 0, 0}, Purpose::starts);
    return grow(model, stars, stream, Threads(1), {.exchanges = exchanges}).back().front();
  };
  const PointFit best = grown(true);
  const Threads crew(1);
  const double height = Climber(simplified(model), stars, crew).climb({c.truth}, 1).front().log_density;
  EXPECT_GT(best.log_density, height - 0.01);
  EXPECT_LT(grown(false).log_density, height - 50.0);
  for (int k = 0; k < 4; ++k) {
    EXPECT_NEAR(best.theta[model.group(k).age], ages[static_cast<std::size_t>(k)], 5.0) << k;
  }
}

TEST(Moves, TakingOutAGroupThatWasPutInChangesNothing) {
  const Configured c(settings(2.0));
  const Model two = read_model(settings(2.0)), three = with_groups(two, 3);
  const Seed seed{0.1, Vector6::Constant(3.0), {sphere_birth(8.0, 1.5, 40.0), sphere_birth(5.0, 1.0, 80.0)}};
  const auto longer = with_seed(two, c.truth, seed);
  ASSERT_EQ(longer.size(), 2U);
  for (const Vector& theta : longer) {
    EXPECT_NEAR(theta[three.index("group_fraction")] * theta[three.index("group_2_weight")], 0.1, 1e-12);
    EXPECT_TRUE(without_group(three, theta, 2).isApprox(c.truth, 1e-12));
    EXPECT_TRUE(is_near(three, theta, 2, seed));
    EXPECT_FALSE(is_near(three, theta, 1, seed));
  }
}

TEST(LikelyBirths, HoldTheAgeOfAGaussianThatWasASphere) {
  const EpicyclicOrbit orbit;
  Vector6 mean;
  mean << -20.0, 30.0, 5.0, 2.0, -4.0, 1.0;
  for (const double age : {0.0, 7.0, 33.0, 80.0, 150.0}) {
    const AgedEllipsoid sphere = aged_ellipsoid(orbit, mean, sphere_factor(12.0, 1.3), age);
    const auto births = likely_births(orbit, sphere.now);
    ASSERT_FALSE(births.empty());
    EXPECT_NEAR(births[0].age_myr, age, 1.0);
    EXPECT_NEAR(births[0].sd[0], 12.0, 1.0) << age;
    EXPECT_NEAR(births[0].sd[3], 1.3, 0.05) << age;
  }
}

}  // namespace
}  // namespace praesepe::infer::models::association
