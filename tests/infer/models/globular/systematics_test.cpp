// The globular study with errors of the astrometry that all stars share.
#include "infer/models/systematics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "infer/density/posterior.hpp"
#include "infer/models/globular/globular_study.hpp"
#include "sim/error.hpp"
#include "tests/infer/models/globular/regimes.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::globular {
namespace {

using sim::astrometry::Catalogue;
using sim::random::Purpose;
using sim::random::Stream;

constexpr SystematicKinds kAll{.parallax = true, .proper_motion = true};

/// A model and how it is observed: correlated errors, half of the stars with radial velocities.
struct Example {
  explicit Example(SystematicKinds kinds, double stars = 100.0)
      : model(make_model({.systematics = kinds})), study(model) {
    for (const auto& key : study.observe_keys()) observation[key.name] = key.default_value;
    observation["stars"] = stars;
    observation["correlation"] = 0.4;
    observation["radial_velocity_fraction"] = 0.5;
    truth = Vector::Zero(model.size());
    truth.head<kParameters>() = tests::regimes().front().truth;
  }
  Catalogue simulate(std::uint64_t seed = 5) const {
    Stream latents({seed, 0, 0}, Purpose::latents), noise({seed, 0, 0}, Purpose::noise);
    return study.simulate(truth, observation, latents, noise);
  }
  density::ParameterSpace space(const Catalogue& catalogue) const {
    std::vector<density::Prior> priors;
    for (const auto& parameter : study.parameters()) priors.push_back(density::Prior::parse(parameter.default_prior));
    return study.space(priors, catalogue);
  }

  Model model;
  GlobularStudy study;
  Observation observation;
  Vector truth;
};

Vector shift() { return Vector{{-0.03, 0.02, 0.05}}; }

TEST(Systematics, AreAddedToWhatIsMeasured) {
  const Example plain({});
  Example shifted(kAll);
  shifted.truth.tail<3>() = shift();
  const Catalogue without = plain.simulate(), with = shifted.simulate();
  for (std::size_t n = 0; n < with.rows(); ++n) {
    EXPECT_NEAR(with["parallax"][n] - without["parallax"][n], -0.03, 1e-12);
    EXPECT_NEAR(with["pmra"][n] - without["pmra"][n], 0.02, 1e-12);
    EXPECT_NEAR(with["pmdec"][n] - without["pmdec"][n], 0.05, 1e-12);
    EXPECT_EQ(with["ra"][n], without["ra"][n]);
  }
}

/// Shifted data under shifted parameters are the same likelihood, and the same latents.
TEST(Systematics, AreTakenOffAgain) {
  const Example plain({});
  Example shifted(kAll);
  shifted.truth.tail<3>() = shift();
  const Catalogue without = plain.simulate(), with = shifted.simulate();
  Vector gradient(plain.truth.size()), more(shifted.truth.size());
  const double value = plain.study.likelihood(without, plain.observation)->log_likelihood(plain.truth, gradient);
  EXPECT_NEAR(shifted.study.likelihood(with, shifted.observation)->log_likelihood(shifted.truth, more), value, 1e-3);
  EXPECT_LT((more.head<kParameters>() - gradient).norm(), 1e-4 * gradient.norm());
  Stream a({5, 0, 0}, Purpose::star_latents), b({5, 0, 0}, Purpose::star_latents);
  const auto latents = plain.study.latent_sampler(without, plain.observation)->draw(plain.truth, a);
  const auto same = shifted.study.latent_sampler(with, shifted.observation)->draw(shifted.truth, b);
  EXPECT_LT((latents - same).cwiseAbs().maxCoeff(), 1e-6);
}

TEST(Systematics, PosteriorHasTheGradientOfItsValue) {
  Example example(kAll, 40.0);
  example.truth.tail<3>() = shift();
  const Catalogue catalogue = example.simulate();
  const density::Posterior posterior(
      std::make_unique<density::StarLikelihood>(
          example.model.size(), component(example.model, catalogue, example.observation, QuadratureRule::reference())),
      example.space(catalogue));
  const Vector q = posterior.space().unconstrain(example.truth);
  for (const double move : {-0.01, 0.01}) {
    EXPECT_TRUE(tests::check_gradient(posterior, (q.array() + move).matrix(), 1e-5, 1e-5));
  }
}

// What is drawn is what is inferred, for every kind of data: at the truth the score of each parameter has mean zero
// over catalogues. 200 catalogues, mean within 4.5 standard errors: false alarm 7e-6 a number for a normal one, 26 of
// them.
TEST(Systematics, ScoresAreZeroOnAverageAtTheTruthForEveryKindOfData) {
  for (const char* errors : {"constant", "gaia-dr3"}) {
    Example example(kAll, 60.0);
    example.truth.tail<3>() = shift();
    example.observation["errors"] = std::string(errors);
    constexpr int kCatalogues = 200;
    density::Matrix scores(example.truth.size(), kCatalogues);
    Vector gradient(example.truth.size());
    for (int i = 0; i < kCatalogues; ++i) {
      const Catalogue catalogue = example.simulate(100 + static_cast<std::uint64_t>(i));
      example.study.likelihood(catalogue, example.observation)->log_likelihood(example.truth, gradient);
      scores.col(i) = gradient;
    }
    for (Eigen::Index j = 0; j < example.truth.size(); ++j) {
      const double mean = scores.row(j).mean();
      const double sd = std::sqrt((scores.row(j).array() - mean).square().sum() / (kCatalogues - 1));
      EXPECT_LE(std::abs(mean), 4.5 * sd / std::sqrt(kCatalogues))
          << example.model.parameters[static_cast<std::size_t>(j)].name << ' ' << errors;
    }
  }
}

/// Standard deviations of the centre's parallax, pmra and pmdec from the curvature at the truth.
Eigen::Array3d centre_errors(const Example& example) {
  const Catalogue catalogue = example.simulate();
  const density::Posterior posterior(
      std::make_unique<density::StarLikelihood>(
          example.model.size(), component(example.model, catalogue, example.observation, QuadratureRule::reference())),
      example.space(catalogue));
  const Vector q = posterior.space().unconstrain(example.truth);
  const Eigen::Index size = q.size();
  density::Matrix curvature(size, size);
  for (Eigen::Index j = 0; j < size; ++j) {
    constexpr double step = 1e-3;
    Vector above = q, below = q, up(size), down(size);
    above[j] += step;
    below[j] -= step;
    posterior.log_density(above, up);
    posterior.log_density(below, down);
    curvature.col(j) = (down - up) / (2.0 * step);
  }
  const density::Matrix covariance = curvature.inverse();
  Eigen::Array3d sd;
  for (Eigen::Index j = 0; j < 3; ++j) {
    const Eigen::Index at = kParallax + j;
    Vector above = q, below = q;
    above[at] += 1e-4;
    below[at] -= 1e-4;
    const double slope = (posterior.space().constrain(above)[at] - posterior.space().constrain(below)[at]) / 2e-4;
    sd[j] = slope * std::sqrt(covariance(at, at));
  }
  return sd;
}

/// What all stars have in common does not average out: it adds to the error of the centre in quadrature. Without radial
/// velocities, which with the proper motions are another measure of the distance.
TEST(Systematics, WidenTheErrorOfTheCentreByTheirOwn) {
  Example plain({}, 300.0), with(kAll, 300.0);
  plain.observation["radial_velocity_fraction"] = with.observation["radial_velocity_fraction"] = 0.0;
  const Eigen::Array3d own = centre_errors(plain), wide = centre_errors(with);
  const Eigen::Array3d systematic(0.02, 0.026, 0.026), expected = (own.square() + systematic.square()).sqrt();
  std::printf("  parallax %.5f -> %.5f mas (%.5f), pmra %.5f -> %.5f mas/yr (%.5f), pmdec %.5f -> %.5f (%.5f)\n",
              own[0], wide[0], expected[0], own[1], wide[1], expected[1], own[2], wide[2], expected[2]);
  for (Eigen::Index j = 0; j < 3; ++j) EXPECT_NEAR(wide[j], expected[j], 0.03 * expected[j]);
}

TEST(Systematics, StartsAreWhereTheirPriorsExpectThem) {
  Example example(kAll);
  const Catalogue catalogue = example.simulate();
  const auto space = example.space(catalogue);
  Stream stream({5, 0, 0}, Purpose::starts);
  const auto likelihood = example.study.likelihood(catalogue, example.observation);
  Vector gradient(example.truth.size());
  for (const Vector& start : example.study.starts(catalogue, space, stream)) {
    EXPECT_EQ(start.size(), example.truth.size());
    EXPECT_TRUE(std::isfinite(likelihood->log_likelihood(start, gradient)));
  }
}

TEST(Systematics, AreRefusedWhereTheyAreNotModelled) {
  const auto message = [](const auto& call) -> std::string {
    try {
      call();
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  Example example(kAll);
  const Catalogue catalogue = example.simulate();
  EXPECT_THAT(message([&] { example.study.joint_likelihood(catalogue, example.observation); }),
              testing::HasSubstr("sampler.method"));
  example.observation["sigma"] = 0.0;
  EXPECT_THAT(message([&] { example.study.likelihood(catalogue, example.observation); }),
              testing::HasSubstr("observe.sigma"));
}

}  // namespace
}  // namespace praesepe::infer::models::globular
