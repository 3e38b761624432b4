#include "infer/models/globular/globular_study.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "infer/density/posterior.hpp"
#include "infer/models/column.hpp"
#include "infer/models/globular/cluster_parameters.hpp"
#include "infer/models/globular/observation.hpp"
#include "infer/models/observed_range.hpp"
#include "sim/error.hpp"
#include "sim/globular/globular_model.hpp"
#include "tests/infer/models/globular/regimes.hpp"

namespace praesepe::infer::models::globular {
namespace {

Observation defaults() {
  Observation observation;
  for (const auto& key : observation_keys(make_model({}))) observation[key.name] = key.default_value;
  return observation;
}

density::ParameterSpace space_for(const GlobularStudy& study, const sim::astrometry::Catalogue& catalogue) {
  std::vector<density::Prior> priors;
  for (const auto& parameter : study.parameters()) priors.push_back(density::Prior::parse(parameter.default_prior));
  return study.space(priors, catalogue);
}

TEST(GlobularStudy, EveryStartHasFiniteDensityInEveryRegime) {
  const GlobularStudy study;
  for (const auto& regime : tests::regimes()) {
    const auto catalogue = tests::catalogue_of(regime, 300.0);
    density::Posterior posterior(study.likelihood(catalogue, defaults()), space_for(study, catalogue));
    sim::random::Stream stream({1, 0, 0}, sim::random::Purpose::starts);
    for (const Vector& start : study.starts(catalogue, posterior.space(), stream)) {
      const Vector q = posterior.space().unconstrain(start);
      Vector gradient(posterior.dimension());
      EXPECT_TRUE(std::isfinite(posterior.log_density(q, gradient))) << regime.name << ": " << start.transpose();
    }
  }
}

density::ParameterSpace space_of_truths(const GlobularStudy& study) {
  std::vector<std::string> names;
  std::vector<density::Prior> priors;
  for (const auto& parameter : study.parameters()) {
    names.push_back(parameter.name);
    priors.push_back(density::Prior::parse(parameter.default_prior_for_truths));
  }
  return {names, priors, study.bounds()};
}

/// Wide clusters among them, whose stars show by their proper motions how fast the cluster recedes: a start that knows
/// nothing of that puts them beyond the escape velocity.
TEST(GlobularStudy, SomeStartHasFiniteDensityForTruthsFromTheWholePrior) {
  const GlobularStudy study;
  const auto space = space_of_truths(study);
  auto observation = defaults();
  observation["stars"] = 200.0;
  for (std::uint64_t replicate = 0; replicate < 60; ++replicate) {
    const sim::random::StreamKey key{20230815, 0, replicate};
    sim::random::Stream truths(key, sim::random::Purpose::truth), latents(key, sim::random::Purpose::latents),
        noise(key, sim::random::Purpose::noise), starts(key, sim::random::Purpose::starts);
    const Vector truth = space.sample(truths);
    const auto catalogue = study.simulate(truth, observation, latents, noise);
    density::Posterior posterior(study.likelihood(catalogue, observation), space);
    Vector gradient(posterior.dimension());
    const auto all = study.starts(catalogue, space, starts);
    const auto finite = std::ranges::count_if(all, [&](const Vector& start) {
      return std::isfinite(posterior.log_density(space.unconstrain(start), gradient));
    });
    EXPECT_GE(finite, 2) << truth.transpose();
  }
}

TEST(GlobularStudy, NoiseHasTheStandardDeviationsAskedFor) {
  const GlobularStudy study;
  const Vector truth = tests::regimes().front().truth;
  auto noisy = defaults(), exact = defaults();
  noisy["stars"] = exact["stars"] = 5000.0;
  noisy["sigma_pmra"] = 0.3;
  exact["sigma"] = 0.0;
  const auto simulate = [&](const Observation& observation) {
    sim::random::Stream latents({3, 1, 2}, sim::random::Purpose::latents),
        noise({3, 1, 2}, sim::random::Purpose::noise);
    return study.simulate(truth, observation, latents, noise);
  };
  const auto seen = simulate(noisy), real = simulate(exact);
  const auto rms = [&](const char* name) {
    double sum = 0.0;
    for (std::size_t i = 0; i < seen.rows(); ++i) sum += std::pow(seen[name][i] - real[name][i], 2);
    return std::sqrt(sum / static_cast<double>(seen.rows()));
  };
  // sd of an rms of 5000 normals: 1 %; 4.5 of them: false alarm 7e-6 each
  EXPECT_NEAR(rms("parallax"), 0.1, 0.0045);
  EXPECT_NEAR(rms("pmra"), 0.3, 0.0135);
  EXPECT_NEAR(rms("pmdec"), 0.1, 0.0045);
  EXPECT_NEAR(rms("dec") * 3.6e6, 0.1, 0.0045);
  EXPECT_FALSE(real.has("parallax_error"));
}

/// The same stars and streams for every observation.
sim::astrometry::Catalogue seen_with(const Observation& observation) {
  sim::random::Stream latents({3, 1, 2}, sim::random::Purpose::latents), noise({3, 1, 2}, sim::random::Purpose::noise);
  return GlobularStudy().simulate(tests::regimes().front().truth, observation, latents, noise);
}

// 5000 stars. A sample correlation has the standard deviation (1 - r^2)/sqrt(5000); 4.5 of them: false alarm 7e-6 each.
TEST(GlobularStudy, ErrorsOfParallaxAndMotionHaveTheCorrelationAskedFor) {
  for (const double r : {-0.45, 0.6}) {
    auto observation = defaults(), exact = defaults();
    observation["stars"] = exact["stars"] = 5000.0;
    exact["sigma"] = 0.0;
    observation["correlation"] = r;
    const auto seen = seen_with(observation), real = seen_with(exact);
    const auto error = [&](const char* name) -> Eigen::ArrayXd {
      return (column(seen, name) - column(real, name)) / column(seen, std::string(name) + "_error");
    };
    for (const auto& [a, b] : {std::pair{"parallax", "pmra"}, {"parallax", "pmdec"}, {"pmra", "pmdec"}}) {
      EXPECT_NEAR((error(a) * error(b)).mean() / std::sqrt(error(a).square().mean() * error(b).square().mean()), r,
                  4.5 * (1.0 - r * r) / std::sqrt(5000.0));
      EXPECT_EQ(seen[std::string(a) + "_" + b + "_corr"][7], r);
    }
  }
  EXPECT_FALSE(seen_with(defaults()).has("pmra_pmdec_corr"));
}

// Numbers and rms of about 1500 radial velocities within 4.5 standard deviations: false alarm 7e-6 each.
TEST(GlobularStudy, SomeStarsHaveRadialVelocitiesAndNothingElseChanges) {
  auto observation = defaults(), exact = defaults();
  observation["stars"] = exact["stars"] = 5000.0;
  exact["sigma"] = 0.0;
  const auto none = seen_with(observation), real = seen_with(exact);
  observation["radial_velocity_fraction"] = 0.3;
  observation["radial_velocity_sigma"] = 2.0;
  const auto some = seen_with(observation);
  observation["radial_velocity_fraction"] = 0.6;
  const auto more = seen_with(observation);
  EXPECT_FALSE(none.has("radial_velocity"));
  EXPECT_EQ(some["parallax"], none["parallax"]);
  double count = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < some.rows(); ++i) {
    const double velocity = some["radial_velocity"][i];
    if (std::isnan(velocity)) continue;
    EXPECT_EQ(velocity, more["radial_velocity"][i]);
    EXPECT_EQ(some["radial_velocity_error"][i], 2.0);
    count += 1.0;
    squares += std::pow(velocity - real["radial_velocity"][i], 2);
  }
  EXPECT_NEAR(count, 1500.0, 4.5 * std::sqrt(5000.0 * 0.3 * 0.7));
  EXPECT_NEAR(std::sqrt(squares / count), 2.0, 4.5 * 2.0 / std::sqrt(2.0 * count));
}

TEST(GlobularStudy, RefusesKindsOfDataThatCannotBe) {
  const auto refuses = [](const char* key, double value, int fields, double sigma) {
    Observation observation;
    const Model model = make_model({.fields = fields});
    for (const auto& known : observation_keys(model)) observation[known.name] = known.default_value;
    observation["sigma"] = sigma;
    observation[key] = value;
    try {
      check_observation(model, observation);
    } catch (const InputError& error) {
      return std::string(error.what()).starts_with("observe." + std::string(key) + ": expected ");
    }
    return false;
  };
  for (const double value : {-0.5, 1.0, 2.0}) EXPECT_TRUE(refuses("correlation", value, 0, 0.1)) << value;
  for (const double value : {-0.1, 1.1}) EXPECT_TRUE(refuses("radial_velocity_fraction", value, 0, 0.1)) << value;
  EXPECT_TRUE(refuses("radial_velocity_sigma", 0.0, 0, 0.1));
  EXPECT_TRUE(refuses("correlation", 0.1, 0, 0.0));
  EXPECT_TRUE(refuses("radial_velocity_fraction", 0.1, 0, 0.0));
  EXPECT_TRUE(refuses("radial_velocity_fraction", 0.1, 1, 0.1));
  EXPECT_FALSE(refuses("radial_velocity_fraction", 0.1, 0, 0.1));
  EXPECT_FALSE(refuses("correlation", 0.1, 1, 0.1));
}

/// A star of this catalogue has a radial velocity, and a proper motion of several escape speeds of every start.
TEST(GlobularStudy, StartsAreFiniteThoughAStarWithRadialVelocityIsFast) {
  const GlobularStudy study;
  const auto space = space_of_truths(study);
  auto observation = defaults();
  observation["stars"] = 40.0;
  observation["radial_velocity_fraction"] = 0.5;
  const sim::random::StreamKey key{20230831, 0, 0};
  sim::random::Stream truths(key, sim::random::Purpose::truth), latents(key, sim::random::Purpose::latents),
      noise(key, sim::random::Purpose::noise), starts(key, sim::random::Purpose::starts);
  const auto catalogue = study.simulate(space.sample(truths), observation, latents, noise);
  const auto likelihood = study.likelihood(catalogue, observation);
  Vector gradient(kParameters);
  for (const Vector& start : study.starts(catalogue, space, starts)) {
    EXPECT_TRUE(std::isfinite(likelihood->log_likelihood(start, gradient)) && gradient.allFinite());
  }
}

/// Positions of all, and what else is there of some, or of none.
TEST(GlobularStudy, StartsAreFiniteWhereMotionsAndParallaxesAreMissing) {
  const GlobularStudy study;
  const auto space = space_of_truths(study);
  const auto whole = seen_with(defaults());
  Vector gradient(kParameters);
  for (const bool any : {true, false}) {
    sim::astrometry::Catalogue catalogue(whole.rows());
    for (const auto& column : whole.columns()) {
      if (!any && column.name != "ra" && column.name != "dec") continue;
      auto values = column.values;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const bool motion = column.name == "pmra" || column.name == "pmdec";
        if ((motion && i % 3 == 0) || (column.name == "parallax" && i % 2 == 0)) values[i] = NAN;
      }
      catalogue.add(column.name, column.unit, values);
    }
    const auto likelihood = study.likelihood(catalogue, defaults());
    sim::random::Stream stream({1, 0, 0}, sim::random::Purpose::starts);
    for (const Vector& start : study.starts(catalogue, space, stream)) {
      EXPECT_TRUE(std::isfinite(likelihood->log_likelihood(start, gradient)) && gradient.allFinite()) << any;
    }
  }
}

/// About 100 radial velocities with a scatter of a few km/s.
TEST(GlobularStudy, StartsTakeTheRadialVelocityFromTheStars) {
  auto observation = defaults();
  observation["stars"] = 200.0;
  observation["radial_velocity_fraction"] = 0.5;
  const auto catalogue = seen_with(observation);
  const GlobularStudy study;
  sim::random::Stream stream({1, 0, 0}, sim::random::Purpose::starts);
  for (const Vector& start : study.starts(catalogue, space_for(study, catalogue), stream)) {
    EXPECT_NEAR(start[kRadialVelocity], tests::regimes().front().truth[kRadialVelocity], 2.0);
  }
}

TEST(GlobularStudy, DerivedQuantitiesAreThoseOfTheModel) {
  const GlobularStudy study;
  const Vector derived = study.derive(tests::regimes().front().truth);
  const sim::globular::GlobularModel model({5.0, 2.0, 1e5, 3.0});
  EXPECT_NEAR(derived[0], 1.0, 1e-12);
  EXPECT_NEAR(derived[3], model.edge_radius(), 1e-5 * derived[3]);
  EXPECT_NEAR(derived[4], std::sqrt(model.s2()), 1e-5 * derived[4]);
  EXPECT_NEAR(derived[5], model.central_density(), 1e-5 * derived[5]);
}

TEST(GlobularStudy, ObservedRangeIsContinuousAcrossRightAscensionZero) {
  sim::astrometry::Catalogue catalogue(3);
  catalogue.add("ra", "deg", {0.2, 359.9, 0.1});
  catalogue.add("parallax", "mas", {-0.3, 1.0, 0.4});
  EXPECT_NEAR(observed_range(catalogue, "ra").first, -0.1, 1e-10);
  EXPECT_NEAR(observed_range(catalogue, "ra").second, 0.2, 1e-10);
  EXPECT_EQ(observed_range(catalogue, "parallax").first, 0.001);
  EXPECT_THROW(observed_range(catalogue, "pmra"), InputError);
}

TEST(GlobularStudy, RefusesTruthsOutsideTheModel) {
  const GlobularStudy study;
  Vector truth = tests::regimes().front().truth;
  truth[kOrder] = 3.4;
  try {
    study.check(truth, defaults());
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("truth.g"));
  }
}

TEST(GlobularStudy, DrawsGaiaErrorsByMagnitude) {
  const GlobularStudy study;
  auto observation = defaults();
  observation["errors"] = std::string("gaia-dr3");
  sim::random::Stream latents({3, 1, 2}, sim::random::Purpose::latents), noise({3, 1, 2}, sim::random::Purpose::noise);
  const auto catalogue = study.simulate(tests::regimes().front().truth, observation, latents, noise);
  ASSERT_TRUE(catalogue.has("phot_g_mean_mag"));
  for (std::size_t i = 0; i < catalogue.rows(); ++i) {
    EXPECT_GE(catalogue["phot_g_mean_mag"][i], 13.0);
    EXPECT_LE(catalogue["phot_g_mean_mag"][i], 19.0);
    EXPECT_GT(catalogue["pmra_error"][i], catalogue["pmdec_error"][i]);
  }
}

}  // namespace
}  // namespace praesepe::infer::models::globular
