#include "infer/nuts/importance.hpp"

#include <gtest/gtest.h>

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
    MixtureOfT mixture = mixture_of(modes_of(target, 1.5), {0.0, 0.0});
    for (std::uint32_t round = 0; round < 3; ++round) {
      mixture = adapted(mixture, importance_sample(target, mixture, 600, Stream({1, 2, 3}, Purpose::evidence, round)));
    }
    const auto sample = importance_sample(target, mixture, 600, Stream({1, 2, 3}, Purpose::evidence, 3));
    EXPECT_NEAR(sample.log_evidence, 0.0, 0.1);
    EXPECT_NEAR(sample.log_evidences[0], std::log(0.7), 0.1);
    EXPECT_NEAR(sample.log_evidences[1], std::log(0.3), 0.1);
    EXPECT_NEAR(mixture.components()[0].weight, 0.7, 0.05);
    EXPECT_LT(sample.k_hat, 0.7);
    EXPECT_GT(sample.acceptance_rate, 0.5);
    EXPECT_NEAR(mixture.components()[1].scale.trace() / static_cast<double>(d), 0.14, 0.03);  // t, so below 0.16
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
  EXPECT_EQ(adapted(mixture, sample).components()[0].mean, mixture.components()[0].mean);
  EXPECT_EQ(proposals_for(sample.acceptance_rate), kMaxProposals);
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
