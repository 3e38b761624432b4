// The globular study with stars of a field among those of the cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "infer/density/mixture.hpp"
#include "infer/density/posterior.hpp"
#include "infer/models/globular/globular_study.hpp"
#include "sim/error.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::globular {
namespace {

using sim::astrometry::Catalogue;
using sim::random::Purpose;
using sim::random::Stream;

/// A model, how it is observed, and a truth: a cluster near the pole, where the measures of ra and of the sky differ by
/// a factor of three, in a field that moves not much otherwise; its outer stars lie beyond the footprint.
struct Example {
  explicit Example(int fields, double stars = 100.0) : Example(ModelChoices{.fields = fields}, stars) {}
  Example(const ModelChoices& choices, double stars) : study(make_model(choices)), model(make_model(choices)) {
    for (const auto& key : study.observe_keys()) observation[key.name] = key.default_value;
    observation["stars"] = stars;
    truth.resize(model.size());
    for (Eigen::Index i = 0; i < truth.size(); ++i) {
      truth[i] = *model.parameters[static_cast<std::size_t>(i)].default_truth;
    }
    truth[kDec] = 70.0;
    if (choices.fields == 0) return;
    observation["footprint_dec"] = 70.1;
    observation["footprint_radius"] = 0.7;
    truth[model.field.cluster_fraction] = 0.6;
    truth[model.field.length] = 0.6;
    for (const auto& gaussian : model.field.gaussians) {
      truth[gaussian.motion.pmra] = 2.0;
      truth[gaussian.motion.pmdec] = 3.0;
    }
  }

  Catalogue simulate(std::uint64_t seed = 1) const {
    Stream latents({seed, 0, 0}, Purpose::latents), noise({seed, 0, 0}, Purpose::noise);
    return study.simulate(truth, observation, latents, noise);
  }
  density::ParameterSpace space(const Catalogue& catalogue) const {
    std::vector<density::Prior> priors;
    for (const auto& parameter : model.parameters) priors.push_back(density::Prior::parse(parameter.default_prior));
    return study.space(priors, catalogue);
  }

  GlobularStudy study;
  Model model;
  Observation observation;
  Vector truth;
};

/// A field of two Gaussians and every kind of data: correlated errors, half of the stars with radial velocities, and
/// errors that all stars share.
Example every_kind(double stars) {
  Example example({.fields = 2, .field_velocity = true, .systematics = {.parallax = true, .proper_motion = true}},
                  stars);
  example.observation["correlation"] = 0.4;
  example.observation["radial_velocity_fraction"] = 0.5;
  example.truth[example.model.systematics.parallax] = 0.05;
  example.truth[example.model.systematics.pmra] = -0.04;
  example.truth[example.model.systematics.pmdec] = 0.03;
  return example;
}

/// Without the proper motions of every third star.
Catalogue some_without_motion(const Catalogue& catalogue) {
  Catalogue some(catalogue.rows());
  for (const auto& column : catalogue.columns()) {
    std::vector<double> values = column.values;
    for (std::size_t n = 0; column.name.starts_with("pm") && n < values.size(); n += 3) values[n] = NAN;
    some.add(column.name, column.unit, std::move(values));
  }
  return some;
}

TEST(GlobularField, PosteriorHasTheGradientOfItsValue) {
  for (const Example& example : {Example(1, 40.0), Example(2, 40.0), every_kind(40.0)}) {
    const Catalogue catalogue = some_without_motion(example.simulate(2));
    // Double precision, and small steps: a star whose quadrature changes its kind makes a jump of its error. Of five
    // catalogues this one has none; elsewhere what differs is ten times less with steps ten times as long, as of a
    // jump.
    auto stars = component(example.model, catalogue, example.observation, QuadratureRule::reference());
    const density::Posterior posterior(
        std::make_unique<density::StarLikelihood>(example.model.size(), std::move(stars)), example.space(catalogue));
    const Vector q = posterior.space().unconstrain(example.truth);
    ASSERT_TRUE(q.allFinite());
    for (const double move : {-0.01, 0.01}) {
      const Vector there = (q.array() + move).matrix();
      EXPECT_TRUE(tests::check_gradient(posterior, there, 2e-6, 1e-5)) << example.model.size();
    }
  }
}

TEST(GlobularField, IsThePlainStudyWithoutComponents) {
  const GlobularStudy plain;
  const auto configured = plain.configured({{"field.components", 0.0},
                                            {"field.radial_velocity", 0.0},
                                            {"selection.footprint", std::string("none")},
                                            {"systematics.parallax_zero_point", 0.0},
                                            {"systematics.proper_motion", 0.0}});
  EXPECT_EQ(configured->parameters().size(), static_cast<std::size_t>(kParameters));
  for (const auto& key : configured->observe_keys())
    EXPECT_THAT(key.name, testing::Not(testing::HasSubstr("footprint")));
  const Example example(0);
  const Catalogue catalogue = example.simulate();
  EXPECT_FALSE(catalogue.has("component"));
  const auto likelihood = configured->likelihood(catalogue, example.observation);
  EXPECT_TRUE(likelihood->components().empty());
  const density::StarLikelihood cluster(kParameters, component(example.model, catalogue, example.observation));
  Vector gradient(kParameters), expected(kParameters);
  EXPECT_EQ(likelihood->log_likelihood(example.truth, gradient), cluster.log_likelihood(example.truth, expected));
  EXPECT_EQ(gradient, expected);
}

/// The same stars under the mixture of which all belongs to the cluster: the same value, and the same gradient.
TEST(GlobularField, IsThePlainStudyWhereTheClusterIsAll) {
  Example plain(0);
  const Example with_field({.fields = 1, .field_velocity = true}, 100.0);
  plain.observation["radial_velocity_fraction"] = 0.5;
  Catalogue catalogue = some_without_motion(plain.simulate());
  catalogue.add("component", "", std::vector<double>(catalogue.rows(), 0.0));
  Vector theta = with_field.truth, gradient(theta.size()), expected(kParameters);
  theta[with_field.model.field.cluster_fraction] = 1.0;
  const auto mixture = with_field.study.likelihood(catalogue, with_field.observation);
  const double value = plain.study.likelihood(catalogue, plain.observation)->log_likelihood(plain.truth, expected);
  EXPECT_NEAR(mixture->log_likelihood(theta, gradient), value, 1e-9 * std::abs(value));
  EXPECT_LT((gradient.head<kParameters>() - expected).norm(), 1e-9 * expected.norm());
}

/// ln L of the mixture is stationary on average in the fraction f at the truth: E (m_cluster - m_field) / m = 0, since
/// both integrate to one. It would not be with densities per unit of different measures. 20000 stars, 4.5 standard
/// errors: false alarm 7e-6. Without the field's cos(dec) the mean is off by 5.6.
TEST(GlobularField, ClusterAndFieldAreDensitiesInTheSameMeasure) {
  for (const bool every : {false, true}) {
    const Example example = every ? every_kind(20000.0) : Example(1, 20000.0);
    const Catalogue catalogue = every ? some_without_motion(example.simulate(3)) : example.simulate(3);
    const double f = example.truth[example.model.field.cluster_fraction];
    const auto likelihood = example.study.likelihood(catalogue, example.observation);
    density::Matrix p;
    likelihood->memberships(example.truth, p);
    const Eigen::ArrayXd score = p.col(0).array() / f - p.col(1).array() / (1.0 - f);
    const double count = static_cast<double>(score.size());
    const double sd = std::sqrt((score - score.mean()).square().sum() / (count - 1.0));
    std::printf("  mean %.4f, standard error %.4f\n", score.mean(), sd / std::sqrt(count));
    EXPECT_LE(std::abs(score.mean()), 4.5 * sd / std::sqrt(count)) << every;
  }
}

// What is drawn is what is inferred: at the truth the score of each parameter has mean zero over catalogues. 60
// catalogues, mean within 4.5 standard errors, which are of these catalogues: Student's t of 59 degrees of freedom,
// false alarm 3e-5 a number and 2e-3 for all 72. Some of the cluster's stars lie beyond the footprint: with a field
// that goes on there four of the means are off.
TEST(GlobularField, ScoresAreZeroOnAverageAtTheTruth) {
  for (const Example& example : {Example(1, 100.0), Example(2, 100.0), every_kind(100.0)}) {
    constexpr int kCatalogues = 60;
    density::Matrix scores(example.truth.size(), kCatalogues);
    Vector gradient(example.truth.size());
    for (int i = 0; i < kCatalogues; ++i) {
      const Catalogue catalogue = some_without_motion(example.simulate(100 + static_cast<std::uint64_t>(i)));
      example.study.likelihood(catalogue, example.observation)->log_likelihood(example.truth, gradient);
      scores.col(i) = gradient;
    }
    for (Eigen::Index j = 0; j < example.truth.size(); ++j) {
      const double mean = scores.row(j).mean();
      const double sd = std::sqrt((scores.row(j).array() - mean).square().sum() / (kCatalogues - 1));
      EXPECT_LE(std::abs(mean), 4.5 * sd / std::sqrt(kCatalogues))
          << example.model.parameters[static_cast<std::size_t>(j)].name << ", " << example.model.size();
    }
  }
}

TEST(GlobularField, MembershipsAreThoseOfTheCatalogue) {
  const Example example(1, 2000.0);
  const Catalogue catalogue = example.simulate();
  density::Matrix p;
  const auto likelihood = example.study.likelihood(catalogue, example.observation);
  EXPECT_EQ(likelihood->components(), (std::vector<std::string>{"cluster", "field"}));
  likelihood->memberships(example.truth, p);
  double members = 0.0, expected = 0.0, variance = 0.0;
  for (std::size_t n = 0; n < catalogue.rows(); ++n) {
    const double mine = p(static_cast<Eigen::Index>(n), 0);
    members += catalogue["component"][n] == 0.0 ? 1.0 : 0.0;
    expected += mine;
    variance += mine * (1.0 - mine);
  }
  // Each label is a Bernoulli number of its probability: 4.5 standard deviations, false alarm 7e-6.
  EXPECT_NEAR(members, expected, 4.5 * std::sqrt(variance));
}

TEST(GlobularField, TheBestStartIsNearlyAsLikelyAsTheTruth) {
  for (const int fields : {1, 2}) {
    for (const double fraction : {0.95, 0.5}) {
      Example example(fields, 300.0);
      example.truth[example.model.field.cluster_fraction] = fraction;
      const Catalogue catalogue = example.simulate();
      Stream stream({7, 0, 0}, Purpose::starts);
      const auto likelihood = example.study.likelihood(catalogue, example.observation);
      Vector gradient(example.truth.size());
      double best = -1e300;
      for (const Vector& start : example.study.starts(catalogue, example.space(catalogue), stream)) {
        best = std::max(best, likelihood->log_likelihood(start, gradient));
      }
      const double truth = likelihood->log_likelihood(example.truth, gradient);
      std::printf("  %d components, fraction %.2f: %.1f, truth %.1f\n", fields, fraction, best, truth);
      EXPECT_GT(best, truth - 60.0);
    }
  }
}

/// How many of 40 truths from the whole prior have no start within 100 of the truth's log likelihood;
/// `like_the_cluster`: with a field of half of the stars that moves as the cluster does.
int without_good_start(bool like_the_cluster) {
  Example example(1, 150.0);
  example.observation["footprint_dec"] = 45.0;
  example.observation["footprint_radius"] = 4.0;
  std::vector<std::string> names;
  std::vector<density::Prior> priors;
  for (const auto& parameter : example.model.parameters) {
    names.push_back(parameter.name);
    priors.push_back(density::Prior::parse(parameter.default_prior_for_truths));
  }
  const density::ParameterSpace space(names, priors, example.study.bounds());
  int bad = 0;
  for (std::uint64_t replicate = 0; replicate < 40; ++replicate) {
    Stream truths({9, 0, replicate}, Purpose::truth), starts({9, 0, replicate}, Purpose::starts);
    example.truth = space.sample(truths);
    if (like_the_cluster) {
      const auto& motion = example.model.field.gaussians[0].motion;
      example.truth[example.model.field.cluster_fraction] = 0.5;
      example.truth[motion.pmra] = example.truth[kPmra] + 1.0;
      example.truth[motion.pmdec] = example.truth[kPmdec] - 1.0;
    }
    const Catalogue catalogue = example.simulate(replicate);
    const auto likelihood = example.study.likelihood(catalogue, example.observation);
    Vector gradient(example.truth.size());
    const double truth = likelihood->log_likelihood(example.truth, gradient);
    const auto all = example.study.starts(catalogue, space, starts);
    if (std::ranges::none_of(
            all, [&](const Vector& start) { return likelihood->log_likelihood(start, gradient) > truth - 100.0; })) {
      ++bad;
    }
  }
  return bad;
}

/// Some of the clusters reach beyond the footprint. EM on motions alone leaves 4 and 20 without a good start; with
/// places as well 1 and 4.
TEST(GlobularField, SomeStartIsGoodForTruthsFromTheWholePrior) {
  const int usual = without_good_start(false), alike = without_good_start(true);
  std::printf("  without a good start: %d, in a field that moves alike: %d of 40\n", usual, alike);
  EXPECT_LE(usual, 3);
  EXPECT_LE(alike, 8);
}

TEST(GlobularField, ScansOverTheFractionShareTheirStars) {
  Example example(1, 200.0);
  const Catalogue mixed = example.simulate();
  example.truth[example.model.field.cluster_fraction] = 1.0;
  const Catalogue cluster = example.simulate();
  example.truth[example.model.field.cluster_fraction] = 0.0;
  const Catalogue field = example.simulate();
  for (std::size_t n = 0; n < mixed.rows(); ++n) {
    EXPECT_EQ(cluster["component"][n], 0.0);
    EXPECT_EQ(field["component"][n], 1.0);
    EXPECT_EQ(mixed["pmra"][n], (mixed["component"][n] == 0.0 ? cluster : field)["pmra"][n]);
  }
}

TEST(GlobularField, RefusesWhatCannotBe) {
  EXPECT_THROW(GlobularStudy().configured({{"field.components", 0.0},
                                           {"field.radial_velocity", 1.0},
                                           {"selection.footprint", std::string("none")},
                                           {"systematics.parallax_zero_point", 0.0},
                                           {"systematics.proper_motion", 0.0}}),
               InputError);
  for (const double components : {-1.0, 0.5, 9.0}) {
    EXPECT_THROW(GlobularStudy().configured({{"field.components", components}}), InputError) << components;
  }
  const auto message = [](const Example& example) -> std::string {
    try {
      example.study.check(example.truth, example.observation);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message(Example(2)), "");
  Example exact(1), boundless(1), too_many(1), short_of_one(2);
  exact.observation["sigma"] = 0.0;
  EXPECT_THAT(message(exact), testing::HasSubstr("observe.sigma"));
  EXPECT_THROW(exact.study.likelihood(Example(1).simulate(), exact.observation), InputError);
  boundless.observation["footprint_radius"] = 0.0;
  EXPECT_THAT(message(boundless), testing::HasSubstr("observe.footprint_radius"));
  too_many.truth[too_many.model.field.cluster_fraction] = 1.5;
  EXPECT_THAT(message(too_many), testing::HasSubstr("truth.cluster_fraction"));
  short_of_one.truth[short_of_one.model.field.gaussians[0].weight] = 0.1;
  EXPECT_THAT(message(short_of_one), testing::HasSubstr("truth.field_0_weight"));
}

TEST(GlobularField, NeedsALawForRadialVelocitiesAndSomeProperMotions) {
  const Example example(1, 20.0);
  const Catalogue plain = example.simulate();
  const auto message = [&](const Catalogue& catalogue) -> std::string {
    try {
      example.study.likelihood(catalogue, example.observation);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  const auto with = [&](const char* name, std::vector<double> values) {
    Catalogue catalogue(plain.rows());
    for (const auto& column : plain.columns()) {
      if (column.name != name) catalogue.add(column.name, column.unit, column.values);
    }
    catalogue.add(name, "", std::move(values));
    return catalogue;
  };
  std::vector<double> velocities(plain.rows(), NAN), motions = plain["pmra"];
  const std::vector<double> none(plain.rows(), NAN);
  EXPECT_EQ(message(with("radial_velocity", velocities)), "");
  velocities[4] = 30.0;
  motions[2] = NAN;
  Catalogue measured = with("radial_velocity", velocities);
  measured.add("radial_velocity_error", "km/s", std::vector<double>(plain.rows(), 1.0));
  EXPECT_THAT(message(measured), testing::HasSubstr("row 5, column radial_velocity"));
  EXPECT_THAT(message(with("pmra", motions)), testing::HasSubstr("row 3, columns pmra, pmdec"));
  Catalogue still(plain.rows());
  for (const auto& column : plain.columns()) {
    still.add(column.name, column.unit, column.name.starts_with("pm") ? none : column.values);
  }
  EXPECT_THAT(message(still), testing::HasSubstr("0 stars have a proper motion; expected 10 or more"));
}

/// A catalogue of field stars alone is more likely with the correlations of its errors than without. 300 stars: by 56
/// nats here, each star's part with a standard deviation of the order of one: false alarm far below 1e-6. Seen to fail
/// with a field that takes the errors for independent.
TEST(GlobularField, UsesTheCorrelationOfParallaxAndMotion) {
  Example example(1, 300.0);
  example.observation["correlation"] = 0.8;
  example.observation["sigma"] = 0.5;
  const auto& motion = example.model.field.gaussians[0].motion;
  example.truth[motion.sd_pmra] = example.truth[motion.sd_pmdec] = 0.5;
  example.truth[example.model.field.cluster_fraction] = 1e-6;
  const Catalogue catalogue = example.simulate();
  Catalogue without(catalogue.rows());
  for (const auto& column : catalogue.columns()) {
    if (!column.name.starts_with("parallax_pm")) without.add(column.name, column.unit, column.values);
  }
  Vector gradient(example.truth.size());
  const auto value = [&](const Catalogue& data) {
    return example.study.likelihood(data, example.observation)->log_likelihood(example.truth, gradient);
  };
  const double gain = value(catalogue) - value(without);
  std::printf("  gain %.1f\n", gain);
  EXPECT_GT(gain, 10.0);
}

TEST(GlobularField, RefusesAFootprintWithoutStarsAndTakesOneFromTheStars) {
  Example example(1, 50.0);
  const Catalogue catalogue = example.simulate();
  Vector gradient(example.truth.size());
  example.observation["footprint_radius"] = 0.0;
  const auto all = example.study.likelihood(catalogue, example.observation);
  EXPECT_TRUE(std::isfinite(all->log_likelihood(example.truth, gradient)));
  example.observation["footprint_radius"] = 0.5;
  example.observation["footprint_dec"] = 20.0;
  EXPECT_THROW(example.study.likelihood(catalogue, example.observation), InputError);
}

/// With a field a star beyond the cluster's edge is no contradiction, but no model is none.
TEST(GlobularField, NoFieldStandsInForAModelThatDoesNotExist) {
  Example example(1);
  const Catalogue catalogue = example.simulate();
  const auto likelihood = example.study.likelihood(catalogue, example.observation);
  Vector gradient(example.truth.size()), theta = example.truth;
  theta[kLogHalfMassRadius] = -1.0;
  EXPECT_TRUE(std::isfinite(likelihood->log_likelihood(theta, gradient)));
  theta = example.truth;
  theta[kOrder] = 3.45;
  EXPECT_EQ(likelihood->log_likelihood(theta, gradient), -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace praesepe::infer::models::globular
