#include "infer/models/globular/full_likelihood.hpp"

#include <gtest/gtest.h>

#include "infer/models/globular/latents.hpp"
#include "tests/infer/models/globular/regimes.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::globular {
namespace {

using sim::random::Purpose;
using sim::random::Stream;

/// Half of the stars with radial velocities, correlated errors.
sim::astrometry::Catalogue with_all_kinds(const tests::Regime& regime, double stars) {
  const GlobularStudy study;
  Observation observation;
  for (const auto& key : study.observe_keys()) observation[key.name] = key.default_value;
  observation["stars"] = stars;
  observation["sigma"] = regime.sigma;
  observation["correlation"] = 0.4;
  observation["radial_velocity_fraction"] = 0.5;
  Stream latents({7, 0, 0}, Purpose::latents), noise({7, 0, 0}, Purpose::noise);
  return study.simulate(regime.truth, observation, latents, noise);
}

/// A point of the posterior: theta near the truth, latents drawn there.
struct Point {
  Point(const tests::Regime& regime, double stars, bool all_kinds)
      : catalogue(all_kinds ? with_all_kinds(regime, stars) : tests::catalogue_of(regime, stars)),
        likelihood(catalogue),
        theta(tests::near_truth(regime)) {
    Stream stream({11, 0, 0}, Purpose::star_latents);
    latents = DrawnLatents(catalogue).draw(theta, stream);
    x = likelihood.coordinates(theta, latents);
  }
  sim::astrometry::Catalogue catalogue;
  FullLikelihood likelihood;
  Vector theta, x;
  density::Matrix latents;
};

TEST(FullLikelihood, GradientIsExactInParametersAndLatents) {
  for (const auto& regime : tests::regimes()) {
    for (const bool all_kinds : {false, true}) {
      const Point at(regime, 12.0, all_kinds);
      const double parallax = at.theta[kParallax];
      Vector unit(kParameters + at.x.size());
      unit << 0.02, 0.02, 0.002, 0.002, 1e-3, 1e-3, 1e-3 * parallax, 4e-3 * parallax, 4e-3 * parallax, 3.0,
          Vector::Constant(at.x.size(), 0.05);
      Vector point(unit.size());
      point << at.theta, at.x;
      const auto f = [&](const Vector& scaled, Vector& gradient) {
        const Vector p = scaled.cwiseProduct(unit);
        Vector by_theta(kParameters), by_x(at.x.size());
        const double value = at.likelihood.log_density(p.head(kParameters), p.tail(at.x.size()), by_theta, by_x);
        gradient << by_theta, by_x;
        gradient = gradient.cwiseProduct(unit).eval();
        return value;
      };
      EXPECT_TRUE(tests::check_gradient(f, point.cwiseQuotient(unit), 1e-6, Vector::Constant(1, 0.01)))
          << regime.name << (all_kinds ? ", all kinds of data" : "");
    }
  }
}

TEST(FullLikelihood, LatentsGoToCoordinatesAndBack) {
  for (const auto& regime : tests::regimes()) {
    const Point at(regime, 100.0, true);
    const density::Matrix back = at.likelihood.latents(at.theta, at.x);
    for (Eigen::Index j = 0; j < back.cols(); ++j) {
      EXPECT_LT((back - at.latents).col(j).cwiseAbs().maxCoeff(), 1e-6 * at.latents.col(j).cwiseAbs().maxCoeff())
          << regime.name << ", " << latent_columns()[static_cast<std::size_t>(j)].name;
    }
  }
}

}  // namespace
}  // namespace praesepe::infer::models::globular
