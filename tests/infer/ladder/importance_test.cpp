#include "infer/nuts/importance.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>

#include "infer/diagnostics/summary.hpp"
#include "infer/nuts/importance_chains.hpp"
#include "tests/infer/ladder/multimodal.hpp"

namespace praesepe::infer::nuts {
namespace {

using sim::random::Purpose;
using sim::random::Stream;
using tests::NormalMixture;

/// The modes of NormalMixture::pair, with covariances wrong by a factor.
std::vector<Mode> modes_of(const NormalMixture& target, double factor) {
  std::vector<Mode> modes;
  const Eigen::Index d = target.dimension();
  for (const auto& c : target.components) {
    modes.push_back({c.mean, 0.0, factor * c.sd * c.sd * Matrix::Identity(d, d), 0.0});
  }
  return modes;
}

TEST(MixtureOfT, IsNormalised) {
  // A t with 8 degrees of freedom in 2-D: p(m^2 < x) = 1 - (1 + x/8)^-4; density at the centre 1/(2 pi).
  const MixtureOfT t({{3.0, Vector::Constant(2, 1.0), 4.0 * Matrix::Identity(2, 2)}});
  EXPECT_NEAR(t.log_density(Vector::Constant(2, 1.0)), -std::log(2.0 * std::numbers::pi * 4.0), 1e-13);
  Stream stream({1, 2, 3}, Purpose::evidence);
  const int n = 20000;
  int inside = 0;
  for (int i = 0; i < n; ++i) inside += t.squared_distance(0, t.draw(stream)) < 2.0;
  const double p = 1.0 - std::pow(1.25, -4.0);
  EXPECT_NEAR(inside, n * p, 4.0 * std::sqrt(n * p * (1.0 - p)));  // false alarm 6e-5
}

TEST(ImportanceSample, WeighsEveryMode) {
  for (const Eigen::Index d : {2, 10}) {
    const auto target = NormalMixture::pair(d);
    Proposal proposal = mixture_of(modes_of(target, 1.5), {0.0, 0.0});
    for (std::uint32_t round = 0; round < 3; ++round) {
      proposal =
          adapted(proposal, importance_sample(target, proposal, 600, Stream({1, 2, 3}, Purpose::evidence, round)));
    }
    const auto sample = importance_sample(target, proposal, 600, Stream({1, 2, 3}, Purpose::evidence, 3));
    const auto& components = proposal.mixture().components();
    EXPECT_NEAR(sample.log_evidence, 0.0, 0.1);
    EXPECT_NEAR(sample.log_evidences[0], std::log(0.7), 0.1);
    EXPECT_NEAR(sample.log_evidences[1], std::log(0.3), 0.1);
    EXPECT_NEAR(components[0].weight, 0.7, 0.05);
    EXPECT_LT(sample.k_hat, 0.7);
    EXPECT_GT(sample.acceptance_rate, 0.5);
    EXPECT_NEAR(components[1].scale.trace() / static_cast<double>(d), 0.14, 0.03);  // t, so below 0.16
  }
}

TEST(ImportanceSample, WarnsOfAProposalThatIsTooNarrow) {
  const auto target = NormalMixture::pair(10);
  const auto narrow = mixture_of(modes_of(target, 0.1), {0.0, 0.0});
  EXPECT_GT(importance_sample(target, narrow, 600, Stream({1, 2, 3}, Purpose::evidence)).k_hat, 0.7);
}

TEST(ImportanceSample, IsEmptyWhereNoDrawLiesInside) {
  const tests::FunctionDensity nowhere(2, [](const Vector&, Vector&) { return -HUGE_VAL; });
  const auto mixture = mixture_of(modes_of(NormalMixture::pair(2), 1.0), {0.0, 0.0});
  const auto sample = importance_sample(nowhere, mixture, 100, Stream({1, 2, 3}, Purpose::evidence));
  EXPECT_EQ(sample.log_evidence, -HUGE_VAL);
  EXPECT_EQ(adapted(mixture, sample).mixture().components()[0].mean, mixture.components()[0].mean);
  EXPECT_EQ(proposals_for(sample.acceptance_rate), kMaxProposals);
}

TEST(ImportanceSample, PoolsSamplesOfSeveralProposals) {
  // From each mode alone half of the target is out of reach; from both together it is not.
  const auto target = NormalMixture::pair(2);
  const auto modes = modes_of(target, 1.5);
  std::vector<Proposal> proposals;
  std::vector<ImportanceSample> samples;
  for (std::uint32_t k = 0; k < 2; ++k) {
    proposals.emplace_back(mixture_of({modes[k]}));
    samples.push_back(importance_sample(target, proposals[k], 1000, Stream({1, 2, 3}, Purpose::evidence, k)));
  }
  EXPECT_NEAR(samples[0].log_evidence, std::log(0.7), 0.1);
  const auto pool = pooled(samples, proposals);
  EXPECT_NEAR(pool.log_evidence, 0.0, 0.1);
  EXPECT_EQ(pool.draws.cols(), 2000);
  EXPECT_GT(pool.effective_size, 1000.0);
}

TEST(ImportanceSample, NamesItsHeaviestDraws) {
  ImportanceSample sample{};
  sample.draws = Matrix{{1.0, 2.0, 3.0, 4.0}};
  sample.weights = Vector{{0.1, 0.4, 0.2, 0.3}};
  const auto two = heaviest_draws(sample, 2);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0][0], 2.0);
  EXPECT_EQ(two[1][0], 4.0);
  EXPECT_EQ(heaviest_draws(sample, 9).size(), 4U);
}

TEST(Twist, StraightensARidgeAndBendsItBack) {
  Stream stream({1, 2, 3}, Purpose::evidence);
  Matrix points(3, 2000);
  for (Eigen::Index i = 0; i < points.cols(); ++i) {
    const double u = 3.0 * stream.normal();
    points.col(i) = Vector{{u, 0.1 * u * u + 0.2 * stream.normal(), stream.normal()}};
  }
  const Twist twist(points, Vector::Constant(2000, 1.0 / 2000.0));
  double before = 0.0, after = 0.0;
  for (Eigen::Index i = 0; i < points.cols(); ++i) {
    const Vector x = points.col(i), y = twist.straightened(x);
    before += (x[1] - 0.9) * (x[0] * x[0] - 9.0) / 2000.0;
    after += (y[1] - 0.9) * (x[0] * x[0] - 9.0) / 2000.0;
    EXPECT_LT((twist.bent(y) - x).norm(), 1e-12);
  }
  EXPECT_GT(before, 10.0);  // 0.1 times the variance of u^2, 162
  EXPECT_LT(std::abs(after), 0.1 * before);
  // Volumes stay: the determinant of the differences.
  const Vector at{{2.0, 1.0, -1.0}};
  Matrix slopes(3, 3);
  for (Eigen::Index j = 0; j < 3; ++j) {
    const Vector step = 1e-5 * Vector::Unit(3, j);
    slopes.col(j) = (twist.straightened(at + step) - twist.straightened(at - step)) / 2e-5;
  }
  EXPECT_NEAR(slopes.determinant(), 1.0, 1e-8);
}

TEST(ImportanceChains, KnowWhatTheirWeightsCost) {
  // A normal drawn by a t whose scale is 1.4 times too small: over 300 runs the mean of x_1 scatters as the effective
  // size says. The ratio of variances has a standard deviation of sqrt(2/300) = 0.08 and a bias of the ESS's own.
  const NormalMixture target({{1.0, Vector::Zero(3), 1.0}});
  const Proposal proposal(MixtureOfT({{1.0, Vector::Zero(3), 0.5 * Matrix::Identity(3, 3)}}));
  const CountedDensity counted(target);
  constexpr std::uint32_t kRuns = 300;
  double square = 0.0, expected = 0.0;
  for (std::uint32_t run = 0; run < kRuns; ++run) {
    ChainGroup group(counted, {.warmup = 20}, {1, 2, run}, nullptr);
    group.start(modes_of(target, 1.0), std::nullopt);
    ImportanceChains chains(proposal);
    chains.extend(group, 150);
    chains.extend(group, 150);
    const auto draws = chains.resampled();
    Matrix x(300, 4);
    for (Eigen::Index c = 0; c < 4; ++c) x.col(c) = draws[static_cast<std::size_t>(c)].position.col(0);
    square += x.mean() * x.mean() / kRuns;
    expected += 1.0 / diagnostics::ess_mean(x) / kRuns;
    EXPECT_EQ(target.value(draws[1].position.row(7)), draws[1].lp[7]);
  }
  EXPECT_NEAR(square / expected, 1.0, 0.35);
}

TEST(IndependenceStep, LeavesTheTargetInvariant) {
  // Exact draws of the target, five steps each with a poor mixture: the share of the first mode stays 0.7.
  const auto target = NormalMixture::pair(2);
  const IndependenceStep step(target, mixture_of(modes_of(target, 3.0), {0.0, std::log(3.0)}), 5);
  Stream stream({4, 5, 6}, Purpose::chain);
  const int n = 20000;
  int first = 0;
  double square = 0.0;
  for (int i = 0; i < n; ++i) {
    const auto& c = target.components[stream.uniform() < 0.7 ? 0 : 1];
    State state{c.mean, Vector::Zero(2), 0.0};
    for (double& x : state.position) x += c.sd * stream.normal();
    state.lp = target.log_density(state.position, state.gradient);
    step(state, stream);
    const bool in_first = state.position.sum() < 7.0;
    first += in_first;
    if (in_first) square += state.position.squaredNorm();
    Vector gradient(2);
    ASSERT_EQ(state.lp, target.log_density(state.position, gradient));
    ASSERT_EQ(state.gradient, gradient);
  }
  EXPECT_NEAR(first, 0.7 * n, 4.0 * std::sqrt(0.21 * n));            // false alarm 6e-5 each
  EXPECT_NEAR(square, 2.0 * first, 4.0 * 2.0 * std::sqrt(0.7 * n));  // chi-square with 2 degrees of freedom
}

TEST(IndependenceStep, ProposesMoreOftenWhereLessIsAccepted) {
  EXPECT_EQ(proposals_for(0.6), 1);
  EXPECT_EQ(proposals_for(0.2), 4);
  EXPECT_EQ(proposals_for(1e-4), kMaxProposals);
}

}  // namespace
}  // namespace praesepe::infer::nuts
