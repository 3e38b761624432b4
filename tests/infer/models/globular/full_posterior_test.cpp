// The collapsed posterior, the full one, and quadrature: three routes to the same numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "infer/diagnostics/summary.hpp"
#include "infer/models/globular/full_likelihood.hpp"
#include "infer/models/globular/latents.hpp"
#include "infer/nuts/joint_sample.hpp"
#include "tests/infer/models/globular/latents_by_weight.hpp"
#include "tests/infer/models/globular/posterior_problem.hpp"

namespace praesepe::infer::models::globular {
namespace {

using density::Matrix;
using nuts::PosteriorSample;
using sim::random::Purpose;
using sim::random::Stream;

/// With both ways to its posterior.
class Problem : public tests::PosteriorProblem {
 public:
  using PosteriorProblem::PosteriorProblem;

  PosteriorSample full(const nuts::SamplerOptions& options, const std::vector<std::vector<int>>& whole = {}) const {
    const FullLikelihood joint(catalogue);
    const DrawnLatents sampler(catalogue);
    const auto latents = [&](const Vector& theta, Stream& stream) {
      return joint.coordinates(theta, sampler.draw(theta, stream));
    };
    return nuts::sample_jointly({*posterior, joint, latents}, starts, options, {.max_r_hat = 1.05, .min_ess = 200.0},
                                {22, 0, 0}, whole);
  }
};

/// Probability of two samples to differ by more, Kolmogorov-Smirnov with Stephens' correction of the effective size.
double two_sample_p(const Matrix& a, const Matrix& b) {
  std::vector<double> x(a.reshaped().begin(), a.reshaped().end()), y(b.reshaped().begin(), b.reshaped().end());
  std::ranges::sort(x);
  std::ranges::sort(y);
  double largest = 0.0;
  for (std::size_t i = 0, j = 0; i < x.size() && j < y.size();) {
    (x[i] < y[j] ? i : j) += 1;
    largest = std::max(largest, std::abs(static_cast<double>(i) / static_cast<double>(x.size()) -
                                         static_cast<double>(j) / static_cast<double>(y.size())));
  }
  const double n =
      static_cast<double>(x.size()) * static_cast<double>(y.size()) / static_cast<double>(x.size() + y.size());
  const double lambda = (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n)) * largest;
  double p = 0.0;
  for (int k = 1; k < 50; ++k) p += (k % 2 == 1 ? 2.0 : -2.0) * std::exp(-2.0 * k * k * lambda * lambda);
  return std::clamp(p, 0.0, 1.0);
}

tests::Regime cell(double phi0, double g) {
  tests::Regime regime = tests::regimes().front();
  regime.truth[kCentralPotential] = phi0;
  regime.truth[kOrder] = g;
  return regime;
}

void expect_same_posterior(const tests::Regime& regime, double stars, int draws) {
  // A second mode near phi0 = 14, which no jumps of the full sampler reach, is left out by the prior.
  const Problem problem(regime, stars, {{kCentralPotential, "uniform(1.5, 9)"}});
  const PosteriorSample collapsed = problem.collapsed({.draws = 1000});
  const PosteriorSample full = problem.full({.warmup = 300, .draws = draws});
  ASSERT_EQ(collapsed.status, nuts::SampleStatus::converged) << collapsed.message;
  // Divergences may remain at the brink of a star's escape; whether they hide anything is what is tested.
  ASSERT_NE(full.status, nuts::SampleStatus::failed) << full.message;
  std::vector<double> p;
  for (std::size_t parameter = 0; parameter < kParameters; ++parameter) {
    // 200 draws of the full chains, far enough apart to be nearly independent; 400 of the collapsed ones
    const Matrix a = problem.draws_of(full, parameter, draws * full.thin / 50);
    const Matrix b = problem.draws_of(collapsed, parameter, 10 * collapsed.thin);
    p.push_back(two_sample_p(a, b));
    EXPECT_GT(diagnostics::ess_bulk(problem.draws_of(full, parameter, 1)), 200.0) << "parameter " << parameter;
    Matrix together(50, 8);
    together << a.topRows(50), b.topRows(50);
    EXPECT_LT(diagnostics::r_hat(together), 1.05) << "parameter " << parameter;
  }
  // Holm over the ten parameters: false alarm in one of 1000 runs of a cell.
  EXPECT_GT(10.0 * std::ranges::min(p), 1e-3);
}

// Draws by importance resampling, with NUTS as the judge: three cells, one of them with much of its posterior at the
// lower end of phi0, one with g near 0.
TEST(CollapsedPosterior, IsTheSameByImportanceAndByNuts) {
  for (const tests::Regime& regime : {cell(3.0, 1.2), cell(5.0, 2.0), cell(6.0, 0.3)}) {
    const Problem problem(regime, 200.0, {});
    const PosteriorSample drawn = problem.collapsed({.draws = 1000});
    const PosteriorSample walked = problem.collapsed({.draws = 1000, .importance = false});
    ASSERT_EQ(drawn.status, nuts::SampleStatus::converged) << drawn.message;
    ASSERT_EQ(walked.status, nuts::SampleStatus::converged) << walked.message;
    EXPECT_EQ(std::ranges::count(drawn.ladder, "chains", &nuts::LadderStep::rung), 0);
    EXPECT_GT(std::ranges::count(walked.ladder, "chains", &nuts::LadderStep::rung), 0);
    std::vector<double> p;
    for (std::size_t parameter = 0; parameter < kParameters; ++parameter) {
      // 400 draws each, far enough apart to be nearly independent
      p.push_back(two_sample_p(problem.draws_of(drawn, parameter, 10 * drawn.thin),
                               problem.draws_of(walked, parameter, 10 * walked.thin)));
    }
    EXPECT_GT(10.0 * std::ranges::min(p),
              1e-3);  // Holm over the ten parameters: false alarm in one of 1000 runs of a cell
  }
}

TEST(FullPosterior, IsTheCollapsedOne) { expect_same_posterior(cell(5.0, 2.0), 60.0, 1000); }
TEST(FullPosterior, IsTheCollapsedOneOfALowTruncation) { expect_same_posterior(cell(5.0, 1.2), 60.0, 1000); }
TEST(FullPosterior, IsTheCollapsedOneWhereTheDistributionFunctionHasACliff) {
  expect_same_posterior(cell(6.0, 0.3), 60.0, 1000);
}

// Two parameters, all others fixed. Quadrature: a grid of phi0 and log10_mass; at each point and of each star the
// integral of the six-dimensional distribution function over its latents on a lattice. Means and standard deviations
// agree within 4 Monte Carlo errors (false alarm in 4 comparisons: 1 of 4000) and 2 % of the standard deviation for the
// grid and the lattice. The brute force shares with the other two nothing but the structure's potential.
TEST(FullPosterior, AgreesWithQuadratureOfTheDistributionFunction) {
  const tests::Regime regime = cell(5.0, 1.2);
  std::vector<std::pair<std::size_t, std::string>> priors{{kCentralPotential, "uniform(2, 8)"},
                                                          {kLogMass, "uniform(4.6, 5.4)"}};
  for (const std::size_t i : {1U, 3U, 4U, 5U, 6U, 7U, 8U, 9U}) {
    priors.emplace_back(i, "fixed(" + std::to_string(regime.truth[static_cast<Eigen::Index>(i)]) + ")");
  }
  const Problem problem(regime, 20.0, priors);
  constexpr int kSide = 12;
  Matrix log_likelihood = Matrix::Zero(kSide, kSide);
  const auto phi0 = [](int i) { return 2.0 + 6.0 * (i + 0.5) / kSide; };
  const auto log_mass = [](int j) { return 4.6 + 0.8 * (j + 0.5) / kSide; };
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      Vector theta = regime.truth;
      for (const std::size_t k : {1U, 3U, 4U, 5U, 6U, 7U, 8U, 9U}) {
        theta[static_cast<Eigen::Index>(k)] = std::stod(std::to_string(theta[static_cast<Eigen::Index>(k)]));
      }
      theta[kCentralPotential] = phi0(i);
      theta[kLogMass] = log_mass(j);
      for (std::size_t star = 0; star < problem.catalogue.rows(); ++star) {
        log_likelihood(i, j) += tests::latents_by_weight(problem.catalogue, star, theta, 1 << 12).log_integral;
      }
    }
  }
  const Matrix weight = (log_likelihood.array() - log_likelihood.maxCoeff()).exp();
  const auto moment = [&](auto f) {
    double sum = 0.0;
    for (int i = 0; i < kSide; ++i) {
      for (int j = 0; j < kSide; ++j) sum += weight(i, j) * f(i, j);
    }
    return sum / weight.sum();
  };
  for (const auto& sample : {problem.collapsed({}), problem.full({})}) {
    ASSERT_EQ(sample.status, nuts::SampleStatus::converged) << sample.message;
    for (const std::size_t parameter : {std::size_t{kCentralPotential}, std::size_t{kLogMass}}) {
      const auto value = [&](int i, int j) { return parameter == kLogMass ? log_mass(j) : phi0(i); };
      const double mean = moment(value);
      const double sd = std::sqrt(moment([&](int i, int j) { return std::pow(value(i, j) - mean, 2); }));
      const Matrix draws = problem.draws_of(sample, parameter, 1);
      EXPECT_NEAR(draws.mean(), mean, 4.0 * diagnostics::mcse_mean(draws) + 0.02 * sd);
      EXPECT_NEAR(std::sqrt((draws.array() - draws.mean()).square().mean()), sd,
                  4.0 * diagnostics::mcse_sd(draws) + 0.02 * sd);
    }
  }
}

// Kolmogorov-Smirnov of two latents of each of 40 stars, of the chains against drawn at the same parameters: 80 tests,
// false alarm in one of 1000 runs of them all.
TEST(FullPosterior, ItsLatentsAreThoseDrawnGivenItsParameters) {
  const Problem problem(cell(5.0, 1.2), 40.0, {{kCentralPotential, "uniform(1.5, 9)"}});
  std::vector<int> every_tenth;
  for (int i = 9; i < 1000; i += 10) every_tenth.push_back(i);
  const PosteriorSample full = problem.full({.warmup = 300, .max_continuation = 1}, {4, every_tenth});
  const FullLikelihood joint(problem.catalogue);
  const DrawnLatents sampler(problem.catalogue);
  std::vector<Matrix> own, drawn;
  Stream stream({23, 0, 0}, Purpose::star_latents);
  for (const auto& chain : full.chains) {
    ASSERT_EQ(chain.whole.size(), every_tenth.size());
    for (const auto& whole : chain.whole) {
      const Vector theta = problem.posterior->space().constrain(Vector(chain.position.row(whole.draw)));
      own.push_back(joint.latents(theta, whole.position));
      drawn.push_back(sampler.draw(theta, stream));
    }
  }
  for (const Eigen::Index column : {5, 6}) {  // radial velocity and distance, the two that are not measured
    for (Eigen::Index star = 0; star < 40; ++star) {
      Matrix a(own.size(), 1), b(own.size(), 1);
      for (std::size_t i = 0; i < own.size(); ++i) {
        a(static_cast<Eigen::Index>(i), 0) = own[i](star, column);
        b(static_cast<Eigen::Index>(i), 0) = drawn[i](star, column);
      }
      EXPECT_GT(two_sample_p(a, b), 1e-3 / 80.0)
          << "star " << star << ", " << latent_columns()[static_cast<std::size_t>(column)].name;
    }
  }
}

}  // namespace
}  // namespace praesepe::infer::models::globular
