#include "infer/models/gaussian_mixture/gaussian_mixture_study.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/error.hpp"
#include "tests/support/check_gradient.hpp"
#include "tests/support/degenerate_fit.hpp"

namespace praesepe::infer::models::gaussian_mixture {
namespace {

using sim::astrometry::Catalogue;
using sim::random::Purpose;
using sim::random::Stream;

Observation default_observation(const Study& study) {
  Observation observation;
  for (const auto& key : study.observe_keys()) observation[key.name] = key.default_value;
  return observation;
}

density::ParameterSpace space_of(const Study& study) {
  std::vector<std::string> names;
  std::vector<density::Prior> priors;
  for (const auto& parameter : study.parameters()) {
    names.push_back(parameter.name);
    priors.push_back(density::Prior::parse(parameter.default_prior_for_truths));
  }
  return {names, priors};
}

double& value_of(const Study& study, Vector& theta, const std::string& name) {
  const auto at = std::ranges::find(study.parameters(), name, &Parameter::name);
  if (at == study.parameters().end()) throw InternalError("no parameter " + name);
  return theta[at - study.parameters().begin()];
}

/// A cluster at 0.5 kpc and a field behind it, 10 sd apart in velocity.
Vector cluster_and_field(const Study& study) {
  Vector theta = Vector::Zero(static_cast<Eigen::Index>(study.parameters().size()));
  const Vector8 means[]{Vector8{{0.2, -0.1, 0.5, 10.0, -20.0, 5.0, 1.0, 6.0}},
                        Vector8{{0.0, 0.3, 1.2, -40.0, 30.0, 0.0, 1.4, 4.0}}};
  const Vector8 sds[]{Vector8{{0.5, 0.4, 0.02, 2.0, 2.0, 2.0, 0.3, 1.5}},
                      Vector8{{2.0, 2.0, 0.4, 10.0, 15.0, 12.0, 0.5, 2.0}}};
  const char* names[]{"east", "north", "distance", "vx", "vy", "vz", "colour", "magnitude"};
  for (int k = 0; k < 2; ++k) {
    const std::string number = std::to_string(k);
    value_of(study, theta, "weight_" + number) = k == 0 ? 0.4 : 0.6;
    for (Eigen::Index i = 0; i < 8; ++i) {
      value_of(study, theta, "mean_" + number + "_" + names[i]) = means[k][i];
      value_of(study, theta, "sd_" + number + "_" + names[i]) = sds[k][i];
    }
    value_of(study, theta, "partial_" + number + "_colour_magnitude") = 0.8;
    value_of(study, theta, "partial_" + number + "_vx_vz") = -0.3;
  }
  return theta;
}

Catalogue catalogue_of(const Study& study, const Vector& theta, const Observation& observation) {
  Stream latents({8, 0, 0}, Purpose::latents), noise({8, 0, 0}, Purpose::noise);
  return study.simulate(theta, observation, latents, noise);
}

TEST(GaussianMixtureStudy, HasTheParametersThatItsSettingsAskFor) {
  EXPECT_EQ(GaussianMixtureStudy({.components = 3, .correlations = Correlations::none}).parameters().size(), 51u);
  EXPECT_EQ(GaussianMixtureStudy({.correlations = Correlations::velocity}).parameters().size(), 2u * 20);
  EXPECT_EQ(GaussianMixtureStudy({.correlations = Correlations::blocks}).derived().size(), 2u * 5);
  const GaussianMixtureStudy full({.components = 1, .correlations = Correlations::full});
  EXPECT_EQ(full.parameters().size(), 1u + 16 + 28);
  EXPECT_EQ(full.parameters().back().name, "partial_0_colour_magnitude");
  EXPECT_EQ(full.parameters()[17].name, "partial_0_east_north");
  EXPECT_EQ(full.parameters()[17].default_prior, "beta(4, 4, -1, 1)");
}

TEST(GaussianMixtureStudy, ReadsItsSettings) {
  const GaussianMixtureStudy study;
  ModelSettings settings;
  for (const auto& key : study.model_keys()) settings[key.name] = key.default_value;
  EXPECT_EQ(study.configured(settings)->parameters().size(), study.parameters().size());
  const auto message = [&](const char* key, Setting value) -> std::string {
    auto changed = settings;
    changed[key] = std::move(value);
    try {
      (void)study.configured(changed);
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message("model.components", 3.0), "accepted");
  EXPECT_THAT(message("model.components", 0.0), testing::HasSubstr("model.components: expected a whole number"));
  EXPECT_THAT(message("model.correlations", "some"), testing::HasSubstr("\"blocks\""));
  EXPECT_THAT(message("model.centre_dec", 91.0), testing::HasSubstr("-90 to 90"));
  EXPECT_THAT(message("model.extinction", -1.0), testing::HasSubstr("model.extinction"));
}

TEST(GaussianMixtureStudy, LikelihoodHasTheRightGradientAndMemberships) {
  const GaussianMixtureStudy study({.dust = {0.1, 0.3}});
  const Vector truth = cluster_and_field(study);
  auto observation = default_observation(study);
  observation["stars"] = 40.0;
  observation["radial_velocity_fraction"] = 0.5;
  const auto catalogue = catalogue_of(study, truth, observation);
  const auto likelihood = study.likelihood(catalogue, observation);
  const auto f = [&](const Vector& theta, Vector& gradient) { return likelihood->log_likelihood(theta, gradient); };
  // The last weight is what the first leaves, and has no gradient.
  Vector step = Vector::Constant(truth.size(), 1e-3);
  value_of(study, step, "sd_0_distance") = value_of(study, step, "mean_0_distance") = 1e-4;
  EXPECT_TRUE(tests::check_gradient(f, truth, 1e-5, step));

  Vector gradient(truth.size());
  density::Matrix p;
  likelihood->log_likelihood(truth, gradient);
  likelihood->memberships(truth, p);
  ASSERT_EQ(p.cols(), 2);
  for (Eigen::Index i = 0; i < p.rows(); ++i) {
    EXPECT_GT(p(i, static_cast<Eigen::Index>(catalogue["component"][static_cast<std::size_t>(i)])), 0.9) << i;
  }
}

TEST(GaussianMixtureStudy, StartsNearTheTruthWhereThereIsMuchToSee) {
  const GaussianMixtureStudy study;
  const Vector truth = cluster_and_field(study);
  auto observation = default_observation(study);
  observation["stars"] = 300.0;
  const auto catalogue = catalogue_of(study, truth, observation);
  const auto likelihood = study.likelihood(catalogue, observation);
  const auto space = space_of(study);
  Stream stream({8, 0, 0}, Purpose::starts);
  Vector gradient(truth.size());
  const double at_truth = likelihood->log_likelihood(truth, gradient);
  double best = -1e300;
  for (const Vector& start : study.starts(catalogue, space, stream)) {
    ASSERT_TRUE(space.unconstrain(start).allFinite());
    const double value = likelihood->log_likelihood(start, gradient);
    ASSERT_TRUE(std::isfinite(value));
    best = std::max(best, value);
  }
  EXPECT_GT(best, at_truth - 30.0);  // of 42 parameters; a fit would gain about 20 on the truth
}

TEST(GaussianMixtureStudy, StarsMayLackAnyMeasurement) {
  const GaussianMixtureStudy study;
  const Vector truth = cluster_and_field(study);
  const auto observation = default_observation(study);
  const auto complete = catalogue_of(study, truth, observation);
  Catalogue directions(complete.rows());
  directions.add("ra", "deg", complete["ra"]);
  directions.add("dec", "deg", complete["dec"]);
  Vector gradient(truth.size());
  Stream stream({9, 0, 0}, Purpose::starts);
  EXPECT_TRUE(std::isfinite(study.likelihood(directions, observation)->log_likelihood(truth, gradient)));
  EXPECT_TRUE(gradient.allFinite());
  EXPECT_FALSE(study.starts(directions, space_of(study), stream).empty());
}

TEST(GaussianMixtureStudy, RefusesImpossibleTruthsAndCatalogues) {
  const GaussianMixtureStudy study;
  const auto observation = default_observation(study);
  const Vector truth = cluster_and_field(study);
  EXPECT_NO_THROW(study.check(truth, observation));
  for (const auto& [name, value] : std::vector<std::pair<std::string, double>>{
           {"weight_0", 0.5}, {"sd_1_vx", 0.0}, {"sd_0_east", 30.0}, {"partial_1_vx_vy", 1.0}}) {
    Vector changed = truth;
    value_of(study, changed, name) = value;
    EXPECT_THROW(study.check(changed, observation), InputError) << name;
  }
  for (const auto& [key, value] : std::vector<std::pair<std::string, Setting>>{
           {"stars", 0.5}, {"sigma_colour", 0.0}, {"errors", "none"}, {"radial_velocity_fraction", 2.0}}) {
    auto changed = observation;
    changed[key] = value;
    EXPECT_THROW(study.check(truth, changed), InputError) << key;
  }
  const auto simulated = catalogue_of(study, truth, observation);
  Catalogue impossible(simulated.rows());
  for (const auto& column : simulated.columns()) {
    const bool corr = column.name == "parallax_pmra_corr" || column.name == "parallax_pmdec_corr";
    impossible.add(column.name, column.unit, corr ? std::vector<double>(simulated.rows(), 0.9) : column.values);
  }
  EXPECT_THROW((void)study.likelihood(impossible, observation), InputError);
}

TEST(GaussianMixtureStudy, DerivesTheCorrelations) {
  const GaussianMixtureStudy study;
  const Vector values = study.derive(cluster_and_field(study));
  const auto at = [&](const char* name) {
    return values[std::ranges::find(study.derived(), name, &DerivedQuantity::name) - study.derived().begin()];
  };
  EXPECT_NEAR(at("corr_1_colour_magnitude"), 0.8, 1e-15);
  EXPECT_NEAR(at("corr_0_vx_vz"), -0.3, 1e-15);
  EXPECT_NEAR(at("corr_0_vx_vy"), 0.0, 1e-15);
}

tests::DegenerateFit fit(const Study& study, const Vector& truth, double stars) {
  auto observation = default_observation(study);
  observation["stars"] = stars;
  return tests::fit_degenerate(study, observation, catalogue_of(study, truth, observation), 20);
}

TEST(DegenerateMixtures, EndWithTwoIdenticalComponents) {
  const GaussianMixtureStudy study;
  Vector truth = cluster_and_field(study);
  for (std::size_t i = 0; i < study.parameters().size(); ++i) {
    std::string name = study.parameters()[i].name;
    const auto at = name.find("_0_");
    if (at == std::string::npos) continue;
    truth[static_cast<Eigen::Index>(i)] = value_of(study, truth, name.replace(at, 3, "_1_"));
  }
  const auto result = fit(study, truth, 4.0);
  EXPECT_LE(result.of(study, "mean_0_distance"), result.of(study, "mean_1_distance"));
}

TEST(DegenerateMixtures, EndWithFewerStarsThanComponentsNeed) {
  const GaussianMixtureStudy study;
  fit(study, cluster_and_field(study), 3.0);
}

}  // namespace
}  // namespace praesepe::infer::models::gaussian_mixture
