#include "infer/models/globular/latents.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/globular/globular_model.hpp"
#include "tests/infer/models/globular/latents_by_weight.hpp"
#include "tests/infer/models/globular/regimes.hpp"

namespace praesepe::infer::models::globular {
namespace {

using sim::astrometry::Catalogue;
using sim::random::Purpose;
using sim::random::Stream;

/// A star placed by hand: how far from the centre on the sky, in tidal radii; how fast on the sky, in escape speeds
/// there.
struct Case {
  const char* name;
  double phi0, g, log10_mass, half_mass_radius, parallax;
  double offset, speed;
  double error, axis_ratio, correlation;  ///< mas/yr; pmdec's error over pmra's
  bool has_parallax = true;
  double with_parallax = 0.0;                 ///< correlation of both proper motions with the parallax
  double outwards = NAN, radial_error = 1.0;  ///< radial velocity from the centre's, in escape speeds; km/s
};

Vector theta_of(const Case& c) {
  Vector theta(kParameters);
  theta << c.phi0, c.g, c.log10_mass, std::log10(c.half_mass_radius), 60.0, 45.0, c.parallax, 4.0 * c.parallax,
      5.0 * c.parallax, 30.0;
  return theta;
}

Catalogue star_of(const Case& c) {
  namespace units = sim::astrometry;
  const sim::globular::GlobularModel model({c.phi0, c.g, std::pow(10.0, c.log10_mass), c.half_mass_radius});
  const double distance = 1000.0 / c.parallax, r = c.offset * model.edge_radius();
  const double speed = c.speed * std::sqrt(2.0 * model.potential(r));
  Catalogue star(1);
  star.add("ra", "deg", {60.0});
  star.add("dec", "deg", {45.0 + r / distance / units::kRadPerDeg});
  if (c.has_parallax) {
    star.add("parallax", "mas", {c.parallax * 1.03});
    star.add("parallax_error", "mas", {0.1});
  }
  const double across = speed / std::sqrt(2.0) / (units::kKmsPerMasyrPc * distance);
  star.add("pmra", "mas/yr", {4.0 * c.parallax + across});
  star.add("pmdec", "mas/yr", {5.0 * c.parallax - across});
  star.add("pmra_error", "mas/yr", {c.error});
  star.add("pmdec_error", "mas/yr", {c.error * c.axis_ratio});
  star.add("pmra_pmdec_corr", "", {c.correlation});
  star.add("parallax_pmra_corr", "", {c.with_parallax});
  star.add("parallax_pmdec_corr", "", {c.with_parallax});
  star.add("radial_velocity", "km/s", {30.0 + c.outwards * std::sqrt(2.0 * model.potential(r))});
  star.add("radial_velocity_error", "km/s", {c.radial_error});
  return star;
}

const std::vector<Case>& cases() {
  static const std::vector<Case> cases{
      {"in the core", 5.0, 2.0, 5.0, 3.0, 1.0, 0.02, 0.3, 0.1, 1.0, 0.0},
      {"beside the edge", 5.0, 2.0, 5.0, 3.0, 1.0, 0.97, 0.2, 0.1, 1.0, 0.0},
      {"faster than the escape speed", 5.0, 1.2, 5.0, 3.0, 1.0, 0.05, 1.12, 0.1, 1.0, 0.0},
      {"faster than the escape speed, g 0.05", 6.0, 0.05, 5.5, 5.0, 1.0, 0.3, 1.05, 0.1, 1.0, 0.0},
      {"on the brink, g 0.001, small error", 4.0, 0.001, 5.0, 3.0, 1.0, 0.1, 0.99, 0.03, 1.0, 0.0},
      {"long ellipse", 5.0, 1.6, 5.0, 3.0, 1.0, 0.05, 0.8, 0.2, 3.0, 0.7},
      {"errors beyond the escape speed, no parallax", 8.0, 1.2, 5.0, 9.0, 0.2, 0.7, 0.5, 0.3, 1.5, -0.5, false},
      {"parallax that matters", 5.0, 1.0, 3.0, 4.0, 21.0, 0.3, 0.3, 0.3, 1.0, 0.2},
      {"parallax that matters and is correlated", 5.0, 1.0, 3.0, 4.0, 21.0, 0.3, 0.3, 0.3, 1.0, 0.2, true, 0.6},
      {"radial velocity", 5.0, 2.0, 5.0, 3.0, 1.0, 0.1, 0.3, 0.1, 1.0, 0.0, true, 0.0, 0.3},
      {"radial velocity beyond the escape speed", 5.0, 1.2, 5.0, 3.0, 1.0, 0.05, 0.5, 0.1, 1.0, 0.3, true, 0.4, 1.1},
      {"radial velocity that says little", 8.0, 0.05, 5.5, 9.0, 0.2, 0.7, 0.5, 0.3, 1.5, -0.5, false, 0.0, 0.3, 9.0}};
  return cases;
}

// Kolmogorov-Smirnov in each coordinate of each star, 48 tests: false alarm in one of 1000 runs of them all. sqrt(n) D
// exceeds x with probability 2 exp(-2 x^2) = 1e-3 / 48 at x = 2.40; the rest allows for the lattice's own error, which
// is 0.03 where noise beyond the escape speed leaves it 265 effective points. Seen to fail with order g instead of g +
// 1/2 on the sky.
TEST(DrawnLatents, HaveTheDistributionOfTheFourDimensionalIntegrand) {
  constexpr int kDraws = 4000, kPoints = 1 << 20;
  for (const Case& c : cases()) {
    const Catalogue star = star_of(c);
    const Vector theta = theta_of(c);
    const auto expected = tests::latents_by_weight(star, 0, theta, kPoints);
    const DrawnLatents sampler(star);
    Stream stream({3, 0, 0}, Purpose::star_latents);
    std::vector<std::vector<double>> drawn(4);
    for (int i = 0; i < kDraws; ++i) {
      const density::Matrix latents = sampler.draw(theta, stream);
      ASSERT_NEAR(latents(0, 2), 1.0 / latents(0, 6), 1e-12 / latents(0, 6)) << c.name;
      for (const auto& [column, at] : {std::pair{0, 6}, std::pair{1, 3}, std::pair{2, 4}, std::pair{3, 5}}) {
        drawn[static_cast<std::size_t>(column)].push_back(latents(0, at));
      }
    }
    for (Eigen::Index j = 0; j < 4; ++j) {
      EXPECT_LT(expected.kolmogorov_smirnov(j, drawn[static_cast<std::size_t>(j)]),
                2.40 / std::sqrt(kDraws) + 0.5 * expected.weights.norm())
          << c.name << ", coordinate " << j;
    }
  }
}

// The points' integral is the likelihood: that they are the right distribution to compare with.
TEST(WeightedLatents, IntegrateToTheCollapsedLikelihood) {
  for (const Case& c : cases()) {
    if (c.parallax > 10.0) continue;  // hundreds of nats down: the points' integral underflows
    const Catalogue star = star_of(c);
    Vector gradient(kParameters);
    EXPECT_NEAR(tests::latents_by_weight(star, 0, theta_of(c), 1 << 20).log_integral,
                tests::collapsed(star, QuadratureRule::reference()).log_likelihood(theta_of(c), gradient), 0.01)
        << c.name;
  }
}

// Where no velocity is measured all directions are alike. 20000 draws: the ratio of two variances is 1 within 4.5 times
// sqrt(4 / 20000), false alarm below 7e-6 for velocities whose tails end.
TEST(DrawnLatents, HaveIsotropicVelocitiesWhereNoneIsMeasured) {
  namespace units = sim::astrometry;
  constexpr int kDraws = 20000;
  Catalogue star(1);
  star.add("ra", "deg", {60.0});
  star.add("dec", "deg", {45.05});
  const Vector theta = theta_of(cases().front());
  const DrawnLatents sampler(star);
  Stream stream({3, 0, 0}, Purpose::star_latents);
  const auto centre = units::to_cartesian({theta[4], theta[5], theta[6], theta[7], theta[8], theta[9]});
  const auto triad = units::local_triad(60.0, 45.05);
  Eigen::Array3d squares = Eigen::Array3d::Zero();
  for (int i = 0; i < kDraws; ++i) {
    const density::Matrix d = sampler.draw(theta, stream);
    const auto here = units::to_cartesian({60.0, 45.05, d(0, 2), d(0, 3), d(0, 4), d(0, 5)});
    const Eigen::Vector3d velocity = here.velocity_kms - centre.velocity_kms;
    squares += Eigen::Array3d(velocity.dot(triad.east), velocity.dot(triad.north), velocity.dot(triad.radial)).square();
  }
  for (Eigen::Index j = 0; j < 2; ++j) EXPECT_NEAR(squares[j] / squares[2], 1.0, 4.5 * std::sqrt(4.0 / kDraws));
}

TEST(DrawnLatents, AreMissingForAStarThatCannotBeOfTheCluster) {
  Case far = cases().front();
  far.offset = 1.01;
  Stream stream({3, 0, 0}, Purpose::star_latents);
  EXPECT_TRUE(DrawnLatents(star_of(far)).draw(theta_of(far), stream).array().isNaN().all());
}

}  // namespace
}  // namespace praesepe::infer::models::globular
