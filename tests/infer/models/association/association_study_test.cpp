#include "infer/models/association/association_study.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "infer/density/posterior.hpp"
#include "infer/models/association/births.hpp"
#include "infer/models/association/growth.hpp"
#include "infer/models/association/moves.hpp"
#include "sim/association/integrated_orbit.hpp"
#include "sim/error.hpp"
#include "tests/support/check_gradient.hpp"
#include "tests/support/degenerate_fit.hpp"

namespace praesepe::infer::models::association {
namespace {

using sim::astrometry::Catalogue;
using sim::random::Purpose;
using sim::random::Stream;

ModelSettings settings(double groups = 1.0, double fields = 1.0, const std::string& correlations = "none",
                       const std::string& constants = "physical") {
  ModelSettings all;
  for (const SettingKey& key : model_keys()) all[key.name] = key.default_value;
  all["model.groups"] = groups;
  all["model.constants"] = constants;
  all["field.components"] = fields;
  all["field.correlations"] = correlations;
  return all;
}

ModelSettings with(ModelSettings all, const std::string& key, const std::string& word) {
  all[key] = word;
  return all;
}

const std::vector<ModelSettings> kModels{settings(),
                                         settings(1.0, 0.0),
                                         settings(3.0),
                                         settings(2.0, 0.0),
                                         settings(2.0, 1.0, "full", "chronostar"),
                                         settings(2.0, 2.0),
                                         with(settings(), "model.births", "axes"),
                                         with(settings(2.0), "model.births", "free")};

/// The study as a campaign would configure it, with default truths.
struct Configured {
  std::unique_ptr<const Study> study;
  Observation observation;
  Vector truth;

  explicit Configured(const ModelSettings& chosen) : study(AssociationStudy().configured(chosen)) {
    for (const auto& key : study->observe_keys()) observation[key.name] = key.default_value;
    observation["radial_velocity_fraction"] = 0.7;
    truth.resize(static_cast<Eigen::Index>(study->parameters().size()));
    for (Eigen::Index i = 0; i < truth.size(); ++i) {
      truth[i] = *study->parameters()[static_cast<std::size_t>(i)].default_truth;
    }
  }

  Eigen::Index index(const std::string& name) const {
    return std::ranges::find(study->parameters(), name, &Parameter::name) - study->parameters().begin();
  }
  Catalogue simulate(std::uint64_t seed = 1) const {
    study->check(truth, observation);
    Stream latents({seed, 0, 0}, Purpose::latents), noise({seed, 0, 0}, Purpose::noise);
    return study->simulate(truth, observation, latents, noise);
  }
  density::ParameterSpace space(const Catalogue& catalogue) const {
    std::vector<density::Prior> priors;
    for (const auto& parameter : study->parameters()) {
      priors.push_back(density::Prior::parse(parameter.default_prior));
    }
    return study->space(priors, catalogue);
  }
};

TEST(AssociationStudy, PosteriorHasTheGradientOfItsValueForEveryModel) {
  for (const auto& chosen : kModels) {
    Configured c(chosen);
    c.observation["stars"] = 60.0;
    const auto catalogue = c.simulate();
    const density::Posterior posterior(c.study->likelihood(catalogue, c.observation), c.space(catalogue));
    Stream stream({7, 0, 0}, Purpose::starts);
    const auto starts = c.study->starts(catalogue, posterior.space(), stream);
    ASSERT_FALSE(starts.empty());
    for (const Vector& start : starts) {
      const Vector q = posterior.space().unconstrain(start);
      ASSERT_TRUE(q.allFinite());
      EXPECT_TRUE(tests::check_gradient(posterior, q, 2e-5, 1e-4));
    }
  }
}

TEST(AssociationStudy, MembershipsAreOfEachGroupAndOfTheField) {
  const Configured c(settings(2.0));
  const auto catalogue = c.simulate();
  const auto likelihood = c.study->likelihood(catalogue, c.observation);
  EXPECT_THAT(likelihood->components(), testing::ElementsAre("group_0", "group_1", "field"));
  density::Matrix p;
  likelihood->memberships(c.truth, p);
  EXPECT_TRUE(p.rowwise().sum().isOnes(1e-12));
  int right = 0;
  for (Eigen::Index n = 0; n < p.rows(); ++n) {
    Eigen::Index likeliest = 0;
    p.row(n).maxCoeff(&likeliest);
    right += likeliest == static_cast<Eigen::Index>(catalogue["component"][static_cast<std::size_t>(n)]) ? 1 : 0;
  }
  EXPECT_GT(right, 180);  // of 200: the field is wide
}

// What is drawn is what is inferred: at the truth the score of each parameter has mean zero over catalogues. 100 of
// them, mean within 4.5 standard errors (Student's t of 99 degrees): false alarm 2e-5 a number, 0.6 % for all of about
// 280. Errors are Gaia's.
TEST(AssociationStudy, ScoresAreZeroOnAverageAtTheTruth) {
  for (const auto& chosen : kModels) {
    Configured c(chosen);
    constexpr int kCatalogues = 100;
    density::Matrix scores(c.truth.size(), kCatalogues);
    Vector gradient(c.truth.size());
    for (int i = 0; i < kCatalogues; ++i) {
      const auto catalogue = c.simulate(100 + static_cast<std::uint64_t>(i));
      c.study->likelihood(catalogue, c.observation)->log_likelihood(c.truth, gradient);
      scores.col(i) = gradient;
    }
    for (Eigen::Index j = 0; j < c.truth.size(); ++j) {
      const double mean = scores.row(j).mean();
      const double sd = std::sqrt((scores.row(j).array() - mean).square().sum() / (kCatalogues - 1));
      EXPECT_LE(std::abs(mean), 4.5 * sd / std::sqrt(kCatalogues))
          << c.study->parameters()[static_cast<std::size_t>(j)].name << " of model " << &chosen - kModels.data();
    }
  }
}

TEST(AssociationStudy, OrbitsAreThoseOfTheDensityForSmallGroups) {
  Configured c(settings(1.0, 0.0));
  c.truth[c.index("group_0_dxyz")] = 1.0;
  c.truth[c.index("group_0_duvw")] = 0.1;
  c.observation["error_scale"] = 1e-6;
  c.observation["orbits"] = std::string("linear");
  const auto linear = c.simulate();
  for (const char* orbits : {"exact", "integrated"}) {
    c.observation["orbits"] = std::string(orbits);
    const auto found = c.simulate();
    for (const char* name : {"ra", "dec"}) {
      for (std::size_t n = 0; n < found.rows(); ++n) EXPECT_NEAR(found[name][n], linear[name][n], 0.02) << orbits << n;
    }
  }
}

/// X, Y, Z, U, V, W of a catalogue's stars, one a column.
density::Matrix states(const Catalogue& catalogue) {
  const auto stars = read_star_states(catalogue, {});
  density::Matrix states(6, stars.size());
  for (Eigen::Index n = 0; n < stars.size(); ++n) states.col(n) = stars[n].state.mean;
  return states;
}

// The same random numbers draw the same births about the birth of the mean, so that differences are those of orbits.
TEST(AssociationStudy, IntegratedOrbitsAreThoseOfTheMilkyWay) {
  Configured c(settings(1.0, 0.0));
  c.observation["error_scale"] = 1e-6;
  c.observation["radial_velocity_fraction"] = 1.0;
  c.truth[c.index("group_0_age")] = 60.0;
  const Vector6 mean = c.truth.segment<6>(c.index("group_0_x"));
  const density::Matrix epicycles = states(c.simulate());
  c.observation["orbits"] = std::string("integrated");
  const density::Matrix integrated = states(c.simulate());
  const sim::association::IntegratedOrbit orbit;
  const EpicyclicOrbit epicycle;
  const Vector6 birth = orbit.trace(mean, -60.0), epicyclic_birth = epicycle.trace(mean, -60.0);
  for (Eigen::Index n = 0; n < integrated.cols(); ++n) {
    const Vector6 off = orbit.trace(integrated.col(n), -60.0) - birth;
    const Vector6 epicyclic_off = epicycle.trace(epicycles.col(n), -60.0) - epicyclic_birth;
    EXPECT_LT((off - epicyclic_off).cwiseAbs().maxCoeff(), 1e-3) << n;
    EXPECT_GT((integrated.col(n) - epicycles.col(n)).norm(), 1e-3) << n;
  }
}

// Variances of 2000 stars of a box scatter by 2 %: within 4.5 of that, false alarm 4e-5 for all six.
TEST(AssociationStudy, UniformFieldsFillTheBoxOfTheirMeanAndCovariance) {
  Configured c(settings());
  c.observation["stars"] = 2000.0;
  c.observation["error_scale"] = 1e-6;
  c.observation["radial_velocity_fraction"] = 1.0;
  c.observation["field"] = std::string("uniform");
  c.truth[c.index("group_fraction")] = 0.0;
  const density::Matrix field = states(c.simulate());
  for (Eigen::Index axis = 0; axis < 6; ++axis) {
    const double sd = axis < 3 ? 80.0 : 20.0;
    const auto values = field.row(axis).array() / sd;
    EXPECT_LT(values.abs().maxCoeff(), std::sqrt(3.0) + 1e-3) << axis;
    EXPECT_NEAR(values.square().mean(), 1.0, 0.09) << axis;
  }
}

TEST(AssociationStudy, CutsLeaveTheStarsThatPass) {
  Configured c(settings());
  c.observation["error_scale"] = 20.0;
  c.observation["stars"] = 400.0;
  const Catalogue all = c.simulate();
  c.observation["stars"] = 100.0;
  c.observation["min_parallax"] = 12.0;
  c.observation["min_parallax_over_error"] = 20.0;
  const Catalogue some = c.simulate();
  ASSERT_EQ(some.rows(), 100U);
  std::size_t row = 0;
  for (std::size_t n = 0; n < all.rows() && row < some.rows(); ++n) {
    const double parallax = all["parallax"][n];
    if (parallax <= 12.0 || parallax <= 20.0 * all["parallax_error"][n]) continue;
    for (const char* column : {"ra", "parallax", "pmdec_error", "radial_velocity", "component"}) {
      EXPECT_THAT(some[column][row], testing::NanSensitiveDoubleEq(all[column][n])) << column << row;
    }
    ++row;
  }
  EXPECT_EQ(row, 100U);
  c.observation["min_parallax"] = 1e6;
  EXPECT_THROW(c.simulate(), TaskFailure);
}

/// Laplace evidence by number of groups, as the table has it.
std::vector<double> log_evidence(const std::string& table) {
  std::vector<double> values;
  std::istringstream lines(table);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "groups,log_likelihood,free_parameters,bic,log_evidence,best,ages");
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string cell;
    for (int i = 0; i < 5; ++i) std::getline(cells, cell, ',');
    values.push_back(std::stod(cell));
  }
  return values;
}

std::shared_ptr<const StarStates> stars_of(const Catalogue& catalogue, const Model& model) {
  return std::make_shared<const StarStates>(read_star_states(catalogue, model.frame));
}

// By evidence. Bayes' criterion prefers two groups for the first: the second is a handful of the field's stars.
TEST(Growth, FindsHowManyGroupsThereAre) {
  for (const int groups : {1, 2}) {
    Configured c(settings(groups));
    c.observation["stars"] = 80.0 * (groups + 1);
    const Model model = with_groups(read_model(settings(groups)), 3);
    Stream stream({7, 0, 0}, Purpose::starts);
    const auto evidence = log_evidence(groups_table(model, stars_of(c.simulate(), model), stream, 1));
    ASSERT_EQ(evidence.size(), 3U);
    EXPECT_EQ(std::ranges::max_element(evidence) - evidence.begin(), groups - 1) << testing::PrintToString(evidence);
  }
}

TEST(Growth, IsTheSameOnAnyNumberOfThreads) {
  Configured c(settings(2.0));
  c.observation["stars"] = 100.0;
  const Model model = read_model(settings(2.0));
  const auto stars = stars_of(c.simulate(), model);
  const auto table = [&](int threads) {
    Stream stream({7, 0, 0}, Purpose::starts);
    return groups_table(model, stars, stream, threads);
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
  const auto steps = grow(model, stars_of(catalogue, model), stream, {.kept = 2});
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
  const auto steps = grow(model, stars_of(catalogue, model), stream);
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
    return grow(model, stars, stream, {.exchanges = exchanges}).back().front();
  };
  const PointFit best = grown(true);
  const double height = Climber(simplified(model), stars, 1).climb({c.truth}, 1).front().log_density;
  EXPECT_GT(best.log_density, height - 0.01);
  EXPECT_LT(grown(false).log_density, height - 50.0);
  for (int k = 0; k < 4; ++k) {
    EXPECT_NEAR(best.theta[model.group(k).age], ages[static_cast<std::size_t>(k)], 5.0) << k;
  }
}

TEST(Moves, TakingOutAGroupThatWasPutInChangesNothing) {
  const Configured c(settings(2.0));
  const Model two = read_model(settings(2.0)), three = with_groups(two, 3);
  const Seed seed{0.1, Vector6::Constant(3.0), {{8.0, 1.5, 40.0, 0.0}, {5.0, 1.0, 80.0, 0.0}}};
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
    EXPECT_NEAR(births[0].dxyz_pc, 12.0, 1.0) << age;
    EXPECT_NEAR(births[0].duvw_kms, 1.3, 0.05) << age;
  }
}

TEST(AssociationStudy, OneStarOrStarsWithoutVelocitiesEndInAClearState) {
  Configured c(settings(1.0, 0.0));
  c.observation["radial_velocity_fraction"] = 0.0;
  for (const double stars : {1.0, 8.0}) {
    c.observation["stars"] = stars;
    tests::fit_degenerate(*c.study, c.observation, c.simulate());
  }
}

TEST(AssociationStudy, DuplicatedStarsEndInAClearState) {
  Configured c(settings(1.0, 1.0));
  c.observation["stars"] = 20.0;
  const Catalogue once = c.simulate();
  Catalogue twice(2 * once.rows());
  for (const auto& column : once.columns()) {
    auto values = column.values;
    values.insert(values.end(), column.values.begin(), column.values.end());
    twice.add(column.name, column.unit, values);
  }
  tests::fit_degenerate(*c.study, c.observation, twice);
}

TEST(AssociationStudy, RefusesWhatNoModelCanBe) {
  EXPECT_THROW(AssociationStudy().configured(settings(0.0)), InputError);
  EXPECT_THROW(AssociationStudy().configured(settings(1.5)), InputError);
  EXPECT_THROW(AssociationStudy().configured(settings(1.0, 9.0)), InputError);
  EXPECT_THROW(AssociationStudy().configured(settings(1.0, 1.0, "some")), InputError);
  ModelSettings box = settings();
  box["field.distribution"] = std::string("box");
  EXPECT_THROW(Configured(box).simulate(), InputError);
  const auto message = [](const std::string& name, double value, double fields = 1.0) -> std::string {
    Configured c(settings(2.0, fields));
    c.truth[c.index(name)] = value;
    try {
      c.study->check(c.truth, c.observation);
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(message("group_1_age", -1.0), testing::StartsWith("truth.group_1_age"));
  EXPECT_THAT(message("group_0_dxyz", 0.0), testing::StartsWith("truth.group_0_dxyz"));
  EXPECT_THAT(message("group_1_weight", 0.7), testing::StartsWith("truth.group_0_weight"));
  EXPECT_THAT(message("group_fraction", 1.1), testing::StartsWith("truth.group_fraction"));
  EXPECT_THAT(message("field_sigma_w", -2.0), testing::StartsWith("truth.field_sigma_w"));
  EXPECT_THAT(message("field_1_weight", 0.7, 2.0), testing::StartsWith("truth.field_0_weight"));
}

}  // namespace
}  // namespace praesepe::infer::models::association
