#include "infer/models/membership/membership_study.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "infer/density/posterior.hpp"
#include "infer/models/field/footprint.hpp"
#include "sim/error.hpp"
#include "tests/infer/models/membership/configured.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::membership {
namespace {

using sim::random::Purpose;
using sim::random::Stream;

const std::vector<ModelSettings> kAll{settings("pmra"),
                                      settings("pmra", 3.0),
                                      settings("parallax"),
                                      settings("proper-motions"),
                                      settings("proper-motions", 2.0, "free"),
                                      settings("all"),
                                      settings("all", 2.0)};

TEST(MembershipStudy, PosteriorHasTheGradientOfItsValueForEveryModel) {
  for (const auto& chosen : kAll) {
    Configured c = configured(chosen);
    c.observation["stars"] = 40.0;
    const auto catalogue = simulate(c);
    const density::Posterior posterior(c.study->likelihood(catalogue, c.observation), space_of(c, catalogue));
    Stream stream({7, 0, 0}, Purpose::starts);
    for (const Vector& start : c.study->starts(catalogue, posterior.space(), stream)) {
      const Vector q = posterior.space().unconstrain(start);
      ASSERT_TRUE(q.allFinite()) << std::get<std::string>(chosen.at("model.data"));
      // The centre is known to a millionth of its prior: small steps.
      EXPECT_TRUE(tests::check_gradient(posterior, q, 2e-5, 1e-4)) << std::get<std::string>(chosen.at("model.data"));
    }
  }
}

/// Log likelihoods of the best start and of the truth.
std::pair<double, double> best_start_and_truth(const Configured& c) {
  const auto catalogue = simulate(c);
  Stream stream({7, 0, 0}, Purpose::starts);
  const auto likelihood = c.study->likelihood(catalogue, c.observation);
  Vector gradient(c.truth.size());
  double best = -1e300;
  for (const Vector& start : c.study->starts(catalogue, space_of(c, catalogue), stream)) {
    best = std::max(best, likelihood->log_likelihood(start, gradient));
  }
  return {best, likelihood->log_likelihood(c.truth, gradient)};
}

TEST(MembershipStudy, TheBestStartIsNearlyAsLikelyAsTheTruth) {
  for (const auto& chosen : kAll) {
    const auto [best, truth] = best_start_and_truth(configured(chosen));
    std::printf("  %s: %.1f, truth %.1f\n", std::get<std::string>(chosen.at("model.data")).c_str(), best, truth);
    // A random point is worse by hundreds.
    EXPECT_GT(best, truth - 60.0) << std::get<std::string>(chosen.at("model.data"));
  }
}

TEST(MembershipStudy, ANarrowClusterFarFromThePriorsMiddleIsFound) {
  Configured c = configured(settings("proper-motions"));
  c.of("pmdec") = 70.0;  // the prior is normal(0, 20)
  c.of("sigma_pm") = 0.03;
  const auto [best, truth] = best_start_and_truth(c);
  EXPECT_GT(best, truth - 60.0);
}

TEST(MembershipStudy, AClusterThatOnlyItsParallaxesTellIsFound) {
  Configured c = configured(settings("all"));
  for (const auto& [name, value] : {std::pair{"cluster_fraction", 0.15},
                                    {"parallax", 2.6},
                                    {"sigma_velocity", 4.0},
                                    {"pmra", -0.5},
                                    {"pmdec", -3.0},
                                    {"sigma_position", 1.5},
                                    {"field_length", 0.8},
                                    {"field_0_pmra", -0.5},
                                    {"field_0_pmdec", -2.6},
                                    {"field_0_sigma_pmra", 2.0},
                                    {"field_0_sigma_pmdec", 1.5}}) {
    c.of(name) = value;
  }
  const auto [best, truth] = best_start_and_truth(c);
  EXPECT_GT(best, truth - 200.0);  // from motions alone it lies 414 lower, and no climb leads back
}

TEST(MembershipStudy, AStarBeyondTheFootprintIsNoneOfTheField) {
  Configured c = configured(settings("all"));
  c.of("sigma_position") = 40.0;  // pc; at 2.5 kpc twice as wide as the footprint
  const auto catalogue = simulate(c);
  const auto likelihood = c.study->likelihood(catalogue, c.observation);
  density::Matrix p;
  likelihood->memberships(c.truth, p);
  const auto place = field::log_sky_density(catalogue, field::footprint(c.observation));
  int outside = 0;
  for (Eigen::Index n = 0; n < place.size(); ++n) {
    if (std::isfinite(place[n])) continue;
    ++outside;
    EXPECT_EQ(p(n, 0), 1.0) << n;
  }
  EXPECT_GT(outside, 10);
}

// What is drawn is what is inferred: at the truth the score of each parameter has mean zero over catalogues. 60 of
// them, mean within 4.5 standard errors (Student's t of 59 degrees): false alarm 3e-5 a number, 0.4 % for all of
// about 110.
TEST(MembershipStudy, ScoresAreZeroOnAverageAtTheTruth) {
  std::vector<Configured> all;
  for (const auto& chosen : kAll) all.push_back(configured(chosen));
  all.push_back(configured(settings("all")));  // one that the footprint does not hold
  all.back().of("sigma_position") = 20.0;
  all.back().of("sigma_velocity") = 5.0;
  for (Configured& c : all) {
    c.observation["stars"] = 200.0;
    constexpr int kCatalogues = 60;
    density::Matrix scores(c.truth.size(), kCatalogues);
    Vector gradient(c.truth.size());
    for (int i = 0; i < kCatalogues; ++i) {
      const auto catalogue = simulate(c, 100 + static_cast<std::uint64_t>(i));
      c.study->likelihood(catalogue, c.observation)->log_likelihood(c.truth, gradient);
      scores.col(i) = gradient;
    }
    for (Eigen::Index j = 0; j < c.truth.size(); ++j) {
      const std::string& name = c.study->parameters()[static_cast<std::size_t>(j)].name;
      const double mean = scores.row(j).mean();
      const double sd = std::sqrt((scores.row(j).array() - mean).square().sum() / (kCatalogues - 1));
      EXPECT_LE(std::abs(mean), 4.5 * sd / std::sqrt(kCatalogues))
          << name << " of model " << &c - all.data() << ' ' << sd;
    }
  }
}

TEST(MembershipStudy, RefusesWhatNoModelCanBe) {
  EXPECT_THROW(MembershipStudy().configured(settings("distance")), InputError);
  EXPECT_THROW(MembershipStudy().configured(settings("pmra", 0.0)), InputError);
  EXPECT_THROW(MembershipStudy().configured(settings("pmra", 2.5)), InputError);
  EXPECT_THROW(MembershipStudy().configured(settings("parallax", 2.0)), InputError);
  Configured c = configured(settings("proper-motions", 2.0));
  EXPECT_NO_THROW(c.study->check(c.truth, c.observation));
  Configured everything = configured(settings("all"));
  everything.observation["footprint_radius"] = 0.0;
  EXPECT_THROW(everything.study->check(everything.truth, everything.observation), InputError);
  c.truth[0] = 1.5;
  EXPECT_THROW(c.study->check(c.truth, c.observation), InputError);
}

}  // namespace
}  // namespace praesepe::infer::models::membership
