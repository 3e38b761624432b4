// The globular study whose catalogue ends at a footprint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "infer/models/globular/footprint_fraction.hpp"
#include "infer/models/globular/globular_study.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::globular {
namespace {

using sim::astrometry::Catalogue;
using sim::random::Purpose;
using sim::random::Stream;

/// A cluster without its core, and of which the outer half is not seen; half-mass radius 0.17 deg.
struct Example {
  explicit Example(Selection selection, int fields = 0, double stars = 100.0)
      : model(make_model({.fields = fields, .selection = selection})), study(model) {
    for (const auto& key : study.observe_keys()) observation[key.name] = key.default_value;
    observation["stars"] = stars;
    for (const auto& [key, value] : {std::pair{"footprint_ra", 60.03}, std::pair{"footprint_dec", 45.02},
                                     std::pair{"footprint_radius", 0.3}, std::pair{"footprint_inner_radius", 0.08}}) {
      if (observation.contains(key)) observation[key] = value;
    }
    truth.resize(model.size());
    for (Eigen::Index i = 0; i < truth.size(); ++i) {
      truth[i] = *model.parameters[static_cast<std::size_t>(i)].default_truth;
    }
  }

  Catalogue simulate(std::uint64_t seed = 1) const {
    Stream latents({seed, 0, 0}, Purpose::latents), noise({seed, 0, 0}, Purpose::noise);
    return study.simulate(truth, observation, latents, noise);
  }
  double log_likelihood(const Catalogue& catalogue, const Vector& theta, Vector& gradient) const {
    gradient.resize(model.size());
    return study.likelihood(catalogue, observation)->log_likelihood(theta, gradient);
  }
  double fraction() const {
    const sim::globular::LoweredIsothermal structure(truth[kCentralPotential], truth[kOrder]);
    ClusterGradient by;
    return std::exp(
        FootprintFraction(field::footprint(observation)).log_value(ClusterParameters(truth, structure), structure, by));
  }

  Model model;
  GlobularStudy study;
  Observation observation;
  Vector truth;
};

/// A is the share of an unselected catalogue that lies in the footprint: 20000 stars, 4.5 standard deviations of a
/// binomial number, false alarm 7e-6.
TEST(GlobularSelection, FractionIsThatOfSimulatedStars) {
  const Example selected(Selection::corrected), whole(Selection::none, 0, 20000.0);
  const Catalogue catalogue = whole.simulate();
  double inside = 0.0;
  for (std::size_t n = 0; n < catalogue.rows(); ++n) {
    if (field::contains(field::footprint(selected.observation), catalogue["ra"][n], catalogue["dec"][n])) ++inside;
  }
  const double share = selected.fraction(), count = static_cast<double>(catalogue.rows());
  std::printf("  %.4f, expected %.4f\n", inside / count, share);
  EXPECT_NEAR(inside / count, share, 4.5 * std::sqrt(share * (1.0 - share) / count));
}

TEST(GlobularSelection, CatalogueHasAsManyStarsAsAskedForAllInTheFootprint) {
  for (const int fields : {0, 1}) {
    const Example example(Selection::corrected, fields, 500.0);
    const Catalogue catalogue = example.simulate();
    EXPECT_EQ(catalogue.rows(), 500U);
    EXPECT_NO_THROW(field::check_inside(catalogue, field::footprint(example.observation)));
  }
}

TEST(GlobularSelection, CorrectionIsOnceTheLogarithmOfTheFractionForEveryStar) {
  const Example corrected(Selection::corrected), ignored(Selection::ignored);
  const Catalogue catalogue = corrected.simulate();
  EXPECT_EQ(catalogue["ra"], ignored.simulate()["ra"]);
  Vector gradient;
  const double difference = corrected.log_likelihood(catalogue, corrected.truth, gradient) -
                            ignored.log_likelihood(catalogue, ignored.truth, gradient);
  EXPECT_NEAR(difference, -static_cast<double>(catalogue.rows()) * std::log(corrected.fraction()), 1e-8);
}

/// Largest deviation from zero of the mean score of a parameter at the truth, over 60 catalogues, in standard errors.
double largest_mean_score(Selection selection, int fields) {
  const Example example(selection, fields);
  constexpr int kCatalogues = 60;
  density::Matrix scores(example.truth.size(), kCatalogues);
  Vector gradient;
  for (int i = 0; i < kCatalogues; ++i) {
    example.log_likelihood(example.simulate(100 + static_cast<std::uint64_t>(i)), example.truth, gradient);
    scores.col(i) = gradient;
  }
  const Eigen::ArrayXd mean = scores.rowwise().mean();
  const Eigen::ArrayXd variance =
      (scores.colwise() - mean.matrix()).array().square().rowwise().sum() / (kCatalogues - 1);
  return (mean.abs() / (variance / kCatalogues).sqrt()).maxCoeff();
}

// What is drawn is what is inferred. 4.5 standard errors: false alarm 7e-6 a number for a normal one, 28 of them.
// Without the correction the mean score is wrong by tens of standard errors.
TEST(GlobularSelection, ScoresAreZeroOnAverageAtTheTruthWithTheCorrectionAlone) {
  const double alone = largest_mean_score(Selection::corrected, 0),
               beside = largest_mean_score(Selection::corrected, 1),
               ignored = largest_mean_score(Selection::ignored, 0);
  std::printf("  corrected %.1f, with a field %.1f, ignored %.1f standard errors\n", alone, beside, ignored);
  EXPECT_LE(alone, 4.5);
  EXPECT_LE(beside, 4.5);
  EXPECT_GT(ignored, 10.0);
}

/// E (p_cluster / A - p_field) / p = 0 under p, as in field_test.cpp; without A the mean is off by A - 1.
TEST(GlobularSelection, ClusterAndFieldAreNormalisedOverTheFootprint) {
  const Example example(Selection::corrected, 1, 20000.0);
  const auto likelihood = example.study.likelihood(example.simulate(3), example.observation);
  const double f = example.truth[example.model.field.cluster_fraction];
  density::Matrix p;
  likelihood->memberships(example.truth, p);
  const Eigen::ArrayXd score = p.col(0).array() / f - p.col(1).array() / (1.0 - f);
  const double count = static_cast<double>(score.size());
  const double sd = std::sqrt((score - score.mean()).square().sum() / (count - 1.0));
  EXPECT_LE(std::abs(score.mean()), 4.5 * sd / std::sqrt(count));
}

/// A limit in magnitude is independent of place and motion: it thins the cluster, and a fainter catalogue has other
/// errors, but the same normalisation.
TEST(GlobularSelection, DoesNotDependOnTheLimitInMagnitude) {
  Example example(Selection::corrected, 0, 300.0);
  example.observation["errors"] = std::string("gaia-dr3");
  for (const double limit : {15.0, 20.0}) {
    example.observation["magnitude_max"] = limit;
    const Catalogue catalogue = example.simulate();
    EXPECT_EQ(catalogue.rows(), 300U);
    EXPECT_LE(*std::ranges::max_element(catalogue["phot_g_mean_mag"]), limit);
    Example ignored(Selection::ignored);
    ignored.observation = example.observation;
    Vector gradient;
    EXPECT_NEAR(example.log_likelihood(catalogue, example.truth, gradient) -
                    ignored.log_likelihood(catalogue, example.truth, gradient),
                -300.0 * std::log(example.fraction()), 1e-7);
  }
}

/// Where the cluster is not in the footprint there is no finite value with which a sampler could go astray.
TEST(GlobularSelection, IsImpossibleWhereTheFootprintHoldsNothingOfTheCluster) {
  for (const int fields : {0, 1}) {
    const Example example(Selection::corrected, fields);
    const Catalogue catalogue = example.simulate();
    Vector theta = example.truth, gradient;
    theta[kLogHalfMassRadius] = -1.5;  // inside the missing core
    EXPECT_EQ(example.log_likelihood(catalogue, theta, gradient), -std::numeric_limits<double>::infinity());
  }
}

TEST(GlobularSelection, RefusesWhatCannotBe) {
  const auto message = [](const auto& change, bool simulated) -> std::string {
    Example example(Selection::corrected);
    const Catalogue catalogue = example.simulate();
    change(example);
    try {
      if (simulated) {
        example.study.check(example.truth, example.observation);
      } else {
        (void)example.study.likelihood(catalogue, example.observation);
      }
    } catch (const InputError& error) {
      return error.what();
    }
    return {};
  };
  const auto setting = [](const char* key, double value) {
    return [=](Example& example) { example.observation[key] = value; };
  };
  using testing::HasSubstr;
  for (const bool simulated : {true, false}) {
    EXPECT_THAT(message(setting("footprint_radius", 0.0), simulated), HasSubstr("observe.footprint_radius"));
    EXPECT_THAT(message(setting("footprint_radius", 120.0), simulated), HasSubstr("observe.footprint_radius"));
    EXPECT_THAT(message(setting("footprint_inner_radius", 0.3), simulated),
                HasSubstr("observe.footprint_inner_radius"));
    EXPECT_THAT(message(setting("sigma", 0.0), simulated), HasSubstr("observe.sigma"));
  }
  EXPECT_THAT(message(setting("footprint_dec", 20.0), true),
              HasSubstr("observe.footprint_radius: the footprint holds"));
  EXPECT_THAT(message(setting("footprint_inner_radius", 0.2), false), HasSubstr("simulated catalogue, row "));
  EXPECT_THROW(
      GlobularStudy().configured(
          {{"field.components", 0.0}, {"field.radial_velocity", 0.0}, {"selection.footprint", std::string("some")}}),
      InputError);
}

}  // namespace
}  // namespace praesepe::infer::models::globular
