#include "infer/models/globular/collapsed_likelihood.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/error.hpp"
#include "tests/infer/models/globular/regimes.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::globular {
namespace {

using tests::regimes;

/// First finite-difference steps, small against a posterior standard deviation of 1000 stars.
Vector steps(double scale, double parallax) {
  const Vector natural{{0.02, 0.02, 0.002, 0.002, 1e-3, 1e-3, 1e-3 * parallax, 4e-3 * parallax, 4e-3 * parallax, 3.0}};
  return scale * natural;
}

/// The relative units in which entries of a gradient are compared: per natural step, not per degree or per km/s.
tests::DifferentiableFunction in_units(const density::StarLikelihood& likelihood, const Vector& unit) {
  return [&likelihood, unit](const Vector& x, Vector& gradient) {
    const double value = likelihood.log_likelihood(x.cwiseProduct(unit), gradient);
    gradient = gradient.cwiseProduct(unit).eval();
    return value;
  };
}

// The gradient is that of the integral by the same nodes: off by what the quadrature is.
constexpr double kTolerance = 3e-5;

TEST(CollapsedLikelihood, GradientIsThatOfTheIntegral) {
  for (const auto& regime : regimes()) {
    const auto likelihood = tests::collapsed(tests::catalogue_of(regime, 24.0), QuadratureRule::reference());
    const Vector theta = tests::near_truth(regime), unit = steps(1.0, theta[kParallax]);
    EXPECT_TRUE(tests::check_gradient(in_units(likelihood, unit), theta.cwiseQuotient(unit), kTolerance,
                                      Vector::Constant(1, 0.02)))
        << regime.name;
  }
}

TEST(CollapsedLikelihood, GradientOfTheStandardRuleIsExactToSinglePrecision) {
  for (const auto& regime : regimes()) {
    const auto catalogue = tests::catalogue_of(regime, 200.0);
    // the same rule in double precision, whose gradient the test above holds against differences
    const auto standard = tests::collapsed(catalogue),
               reference = tests::collapsed(catalogue, {.single_precision = false});
    const Vector theta = tests::near_truth(regime), unit = steps(1.0, theta[kParallax]);
    Vector single(kParameters), exact(kParameters);
    standard.log_likelihood(theta, single);
    reference.log_likelihood(theta, exact);
    single = single.cwiseProduct(unit).eval();
    exact = exact.cwiseProduct(unit).eval();
    EXPECT_LT((single - exact).cwiseAbs().maxCoeff(), 1e-3 * exact.cwiseAbs().maxCoeff()) << regime.name;
  }
}

TEST(CollapsedLikelihood, IsFiniteAndSmoothWhenTheClusterSurroundsTheSun) {
  // Tidal radius beyond the Sun: the line of sight is cut at R > 0.
  auto regime = regimes().front();
  regime.truth[kLogHalfMassRadius] = std::log10(200.0);
  regime.truth[kCentralPotential] = 7.5;
  const auto likelihood = tests::collapsed(tests::catalogue_of(regime, 20.0), QuadratureRule::reference());
  const Vector unit = steps(1.0, 1.0);
  EXPECT_TRUE(tests::check_gradient(in_units(likelihood, unit), regime.truth.cwiseQuotient(unit), 1e-3,
                                    Vector::Constant(1, 0.004)));
}

TEST(CollapsedLikelihood, GradientIsThatOfTheIntegralForEveryKindOfData) {
  const auto regime = regimes().front();
  const auto plain = tests::catalogue_of(regime, 16.0);
  sim::astrometry::Catalogue catalogue(plain.rows());
  for (const char* name : {"ra", "dec", "parallax_error", "pmra_error"}) {
    catalogue.add(name, "", plain[name]);
  }
  std::vector<double> pmra = plain["pmra"], pmdec = plain["pmdec"];
  for (std::size_t i = 0; i < plain.rows(); i += 5) pmra[i] = pmdec[i] = NAN;
  catalogue.add("pmra", "mas/yr", pmra);
  catalogue.add("pmdec", "mas/yr", pmdec);
  std::vector<double> parallax = plain["parallax"], pmdec_error = plain["pmdec_error"], corr(plain.rows(), 0.4);
  for (std::size_t i = 0; i < plain.rows(); i += 3) parallax[i] = NAN;
  for (double& error : pmdec_error) error *= 1.4;
  catalogue.add("parallax", "mas", parallax);
  catalogue.add("pmdec_error", "mas/yr", pmdec_error);
  catalogue.add("pmra_pmdec_corr", "", corr);
  catalogue.add("parallax_pmra_corr", "", corr);
  std::vector<double> velocity(plain.rows(), NAN), velocity_error(plain.rows(), 2.0);
  for (std::size_t i = 0; i < plain.rows(); i += 2) velocity[i] = 30.0 + static_cast<double>(i) - 8.0;
  catalogue.add("radial_velocity", "km/s", velocity);
  catalogue.add("radial_velocity_error", "km/s", velocity_error);
  const auto likelihood = tests::collapsed(catalogue, QuadratureRule::reference());
  Vector theta = tests::near_truth(regime), unit = steps(1.0, 1.0), gradient(kParameters);
  EXPECT_TRUE(tests::check_gradient(in_units(likelihood, unit), theta.cwiseQuotient(unit), kTolerance,
                                    Vector::Constant(1, 0.02)));
  for (const double log_mass : {4.0, 3.0, 2.0}) {  // stars far above the escape speed: improbable, not impossible
    theta[kLogMass] = log_mass;
    EXPECT_TRUE(std::isfinite(likelihood.log_likelihood(theta, gradient)) && gradient.allFinite()) << log_mass;
  }
}

/// Stars with radial velocities or without, each third of them with one line of sight, the others with several.
sim::astrometry::Catalogue of_every_kind(double stars) {
  const GlobularStudy study;
  Observation observation;
  for (const auto& key : study.observe_keys()) observation[key.name] = key.default_value;
  for (const auto& [key, value] :
       {std::pair{"stars", stars}, std::pair{"correlation", 0.4}, std::pair{"radial_velocity_fraction", 0.2}}) {
    observation[key] = value;
  }
  sim::random::Stream latents({9, 0, 0}, sim::random::Purpose::latents), noise({9, 0, 0}, sim::random::Purpose::noise);
  const auto plain = study.simulate(regimes().front().truth, observation, latents, noise);
  sim::astrometry::Catalogue catalogue(plain.rows());
  for (const auto& column : plain.columns()) {
    std::vector<double> values = plain[column.name];
    for (std::size_t i = 0; column.name.ends_with("_corr") && i < values.size(); i += 3) values[i] = 0.0;
    catalogue.add(column.name, column.unit, std::move(values));
  }
  return catalogue;
}

/// Clusters of a tenth to a thousandth of their mass, of which stars are tens to hundreds of standard deviations faster
/// than the escape speed: where a climb to the posterior may begin. Nodes that are left out must not set the scale.
TEST(CollapsedLikelihood, IsFiniteForStarsFarBeyondTheEscapeSpeed) {
  for (const auto& catalogue : {tests::catalogue_of(regimes()[4], 200.0), of_every_kind(200.0)}) {
    for (const double less : {1.0, 2.0, 3.0}) {
      Vector theta = regimes()[4].truth;
      theta[kLogMass] -= less;
      density::Array standard, whole;
      CollapsedStars(catalogue).log_marginal(theta, standard);
      CollapsedStars(catalogue, QuadratureRule{.depth = 1e6}).log_marginal(theta, whole);
      EXPECT_TRUE(standard.allFinite()) << less;
      EXPECT_LT(standard.minCoeff(), standard.maxCoeff() - 100.0);
      EXPECT_LT(((standard - whole) / whole.abs().max(1.0)).abs().maxCoeff(), 1e-3) << less;
    }
  }
}

/// Stars with nothing but noise, in a cluster of 100 Msun at 10 kpc: along the long axis of the noise ln p falls as the
/// Gaussian does. Nothing blurs what is between the nodes of an ellipse; three at
/// any ratio miss by 0.27 at 1.8. The middle, from which ln p is counted, errs too.
TEST(CollapsedLikelihood, HasNodesEnoughForLongEllipsesOfNoise) {
  Vector theta = regimes()[3].truth;
  theta[kLogMass] = 2.0;
  constexpr double kError = 0.3;
  const Eigen::ArrayXd deviations = Eigen::ArrayXd::LinSpaced(13, 0.0, 3.0);
  const auto stars = static_cast<std::size_t>(deviations.size());
  for (const double ratio : {1.0001, 1.3, 1.8, 2.5, 4.0}) {
    std::vector<double> pmra;
    for (const double deviation : deviations) pmra.push_back(theta[kPmra] + deviation * ratio * kError);
    sim::astrometry::Catalogue catalogue(stars);
    catalogue.add("ra", "deg", std::vector(stars, theta[kRa]));
    catalogue.add("dec", "deg", std::vector(stars, theta[kDec] + 0.0005));
    catalogue.add("pmra", "mas/yr", pmra);
    catalogue.add("pmdec", "mas/yr", std::vector(stars, theta[kPmdec]));
    catalogue.add("pmra_error", "mas/yr", std::vector(stars, ratio * kError));
    catalogue.add("pmdec_error", "mas/yr", std::vector(stars, kError));
    density::Array values;
    CollapsedStars(catalogue).log_marginal(theta, values);
    const Eigen::ArrayXd error = values - values[0] + 0.5 * deviations.square();
    const Eigen::ArrayXd weight = (-0.5 * deviations.square()).exp();
    EXPECT_LT(std::sqrt((weight * error.square()).sum() / weight.sum()), 2.5 * QuadratureRule{}.smearing) << ratio;
  }
}

TEST(CollapsedLikelihood, IsTheSameToTheLastBitOnAnyNumberOfThreads) {
  const auto likelihood = tests::collapsed(of_every_kind(5000.0));
  const Vector theta = regimes().front().truth;
  Vector gradient(kParameters), same(kParameters);
  const double value = likelihood.log_likelihood(theta, gradient);
  for (const int threads : {2, 3, 7}) {
    likelihood.use_threads(threads);
    EXPECT_EQ(likelihood.log_likelihood(theta, same), value) << threads;
    EXPECT_EQ(same, gradient) << threads;
  }
}

TEST(CollapsedLikelihood, IsCutIntoChunksBetweenStars) {
  const auto lines = sightlines_of(observed_stars(of_every_kind(500.0)));
  for (const std::size_t size : {1U, 2U, 7U, 1000U}) {
    const auto chunks = chunks_of(lines.blocks, size);
    EXPECT_EQ(chunks.front(), 0U);
    EXPECT_EQ(chunks.back(), lines.blocks.size());
    for (std::size_t c = 0; c + 1 < chunks.size(); ++c) {
      EXPECT_TRUE(lines.blocks[chunks[c]].begins[0]) << size;
      EXPECT_LT(chunks[c], chunks[c + 1]);
    }
  }
  EXPECT_EQ(chunks_of({}, 64), (std::vector<std::size_t>{0, 0}));
}

/// What nodes that are left out count for, where that is least certain: a law of almost order 0, stars with radial
/// velocities near the escape speed and beyond it, none but these; against the same rule with all nodes.
TEST(CollapsedLikelihood, LosesNothingWithTheNodesThatAreLeftOut) {
  const QuadratureRule standard, whole{.depth = 1000.0};
  const auto catalogue = of_every_kind(300.0);
  for (const double g : {0.001, 0.3, 2.0}) {
    for (const double log_mass : {4.7, 5.0, 5.3}) {
      Vector theta = regimes().front().truth;
      theta.head<3>() << theta[0], g, log_mass;
      density::Array some, all;
      CollapsedStars(catalogue, standard).log_marginal(theta, some);
      CollapsedStars(catalogue, whole).log_marginal(theta, all);
      double largest = 0.0;
      for (Eigen::Index i = 0; i < all.size(); ++i) {
        EXPECT_EQ(std::isfinite(some[i]), std::isfinite(all[i])) << "star " << i;
        if (std::isfinite(all[i])) largest = std::max(largest, std::abs(some[i] - all[i]));
      }
      EXPECT_LT(largest, 5e-5) << "g " << g << ", log10_mass " << log_mass;
    }
  }
}

TEST(CollapsedLikelihood, IsMinusInfinityOnlyWhereAStarLiesOutsideTheTidalRadius) {
  const auto regime = regimes().front();
  const auto likelihood = tests::collapsed(tests::catalogue_of(regime, 200.0));
  Vector gradient(kParameters), theta = regime.truth;
  EXPECT_TRUE(std::isfinite(likelihood.log_likelihood(theta, gradient)));
  theta[kLogMass] = 2.0;  // every star far above the escape speed: improbable, not impossible
  EXPECT_TRUE(std::isfinite(likelihood.log_likelihood(theta, gradient)));
  EXPECT_TRUE(gradient.allFinite());
  theta[kLogHalfMassRadius] = -1.0;
  EXPECT_EQ(likelihood.log_likelihood(theta, gradient), -std::numeric_limits<double>::infinity());
}

TEST(CollapsedLikelihood, NamesTheStarWithHalfAProperMotion) {
  const auto plain = tests::catalogue_of(regimes().front(), 5.0);
  sim::astrometry::Catalogue catalogue(plain.rows());
  catalogue.origin = "m5.csv";
  for (const char* name : {"ra", "dec", "parallax", "parallax_error", "pmdec", "pmra_error", "pmdec_error"}) {
    catalogue.add(name, "", plain[name]);
  }
  auto pmra = plain["pmra"];
  pmra[2] = NAN;
  catalogue.add("pmra", "mas/yr", pmra);
  try {
    const auto likelihood = tests::collapsed(catalogue);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("m5.csv, row 3"));
  }
}

}  // namespace
}  // namespace praesepe::infer::models::globular
