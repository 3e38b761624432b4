// Poor clusters whose posterior has two modes, both with mass, and what integration on a grid says of them.
#include <gtest/gtest.h>

#include <cmath>

#include "infer/diagnostics/summary.hpp"
#include "sim/globular/virial_boundary.hpp"
#include "tests/infer/models/globular/posterior_problem.hpp"

namespace praesepe::infer::models::globular {
namespace {

using density::Matrix;

struct Case {
  double stars, phi0, g;
  std::uint32_t replicate;
  double valley;  ///< of phi0, between the modes
};

tests::PosteriorProblem problem_of(const Case& c) {
  tests::Regime regime = tests::regimes().front();
  regime.truth[kCentralPotential] = c.phi0;
  regime.truth[kOrder] = c.g;
  tests::PosteriorProblem::Priors priors;
  for (std::size_t i = kLogMass; i < kParameters; ++i) {
    priors.emplace_back(i, "fixed(" + std::to_string(regime.truth[static_cast<Eigen::Index>(i)]) + ")");
  }
  return {regime, c.stars, priors, c.replicate};
}

/// Moments of phi0 on a grid of phi0 and of g between its bounds, both priors being uniform.
struct OnGrid {
  double beyond = 0.0, mean = 0.0, mean_square = 0.0;  ///< probability beyond the valley

  OnGrid(const tests::PosteriorProblem& problem, const Case& c) {
    constexpr int kPhi0 = 100, kG = 40;
    const auto& space = problem.posterior->space();
    Vector theta = space.constrain(Vector::Zero(space.dimension()));
    Matrix log_likelihood(kPhi0, kG);
    const auto phi0 = [](int i) { return 1.5 + 12.5 * (i + 0.5) / kPhi0; };
    for (int i = 0; i < kPhi0; ++i) {
      for (int j = 0; j < kG; ++j) {
        theta[kCentralPotential] = phi0(i);
        theta[kOrder] = 0.001 + (sim::globular::virial_boundary(phi0(i)).value - 0.001) * (j + 0.5) / kG;
        log_likelihood(i, j) = problem.posterior->likelihood().value(theta);
      }
    }
    const Eigen::VectorXd weight = (log_likelihood.array() - log_likelihood.maxCoeff()).exp().rowwise().sum();
    for (int i = 0; i < kPhi0; ++i) {
      const double share = weight[i] / weight.sum();
      beyond += phi0(i) > c.valley ? share : 0.0;
      mean += share * phi0(i);
      mean_square += share * phi0(i) * phi0(i);
    }
  }
};

// Four Monte Carlo errors: false alarm in 15 comparisons one of 1000. The catalogues are those of a search over 192 in
// which both modes have more than a twentieth of the mass, and the valley is deep.
TEST(TwoModes, HaveTheMassThatAGridGivesThem) {
  for (const Case& c :
       {Case{50.0, 8.0, 0.3, 1, 10.41}, Case{100.0, 8.0, 0.3, 3, 11.03}, Case{100.0, 12.0, 0.3, 8, 8.53},
        Case{200.0, 8.0, 0.3, 1, 9.78}, Case{200.0, 8.0, 1.2, 3, 10.09}}) {
    const tests::PosteriorProblem problem = problem_of(c);
    const OnGrid expected(problem, c);
    const auto sample = problem.collapsed({});
    ASSERT_EQ(sample.status, nuts::SampleStatus::converged) << sample.message;
    const Matrix phi0 = problem.draws_of(sample, kCentralPotential, 1);
    const Matrix beyond = (phi0.array() > c.valley).cast<double>(), square = phi0.array().square();
    std::printf("  %.0f stars: %.3f beyond phi0 = %.1f, on the grid %.3f\n", c.stars, beyond.mean(), c.valley,
                expected.beyond);
    EXPECT_NEAR(beyond.mean(), expected.beyond, 4.0 * diagnostics::mcse_mean(beyond));
    EXPECT_NEAR(phi0.mean(), expected.mean, 4.0 * diagnostics::mcse_mean(phi0));
    EXPECT_NEAR(square.mean(), expected.mean_square, 4.0 * diagnostics::mcse_mean(square));
  }
}

}  // namespace
}  // namespace praesepe::infer::models::globular
