// The kernel in the instruction sets of this machine.
#include "infer/models/globular/star_kernel.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "infer/models/globular/cluster_parameters.hpp"
#include "tests/infer/models/globular/regimes.hpp"

namespace praesepe::infer::models::globular {
namespace {

struct Machine {
  bool has(InstructionSet set) const {
    if (set == InstructionSet::avx512) return instruction_set() == InstructionSet::avx512;
    return set == InstructionSet::baseline || instruction_set() != InstructionSet::baseline;
  }
};

/// Integrals of all blocks of a regime, one after the other.
template <class Real>
std::vector<BlockIntegrals> integrals(const tests::Regime& regime, InstructionSet set, Slopes slopes = Slopes::all) {
  const auto lines = sightlines_of(observed_stars(tests::catalogue_of(regime, 64.0)));
  const Eigen::VectorXd theta = tests::near_truth(regime);
  const sim::globular::LoweredIsothermal model(theta[kCentralPotential], theta[kOrder]);
  const ClusterParameters cluster(theta, model);
  const auto centre = cluster.centre();
  KernelTables<Real> tables(QuadratureRule::standard());
  tables.prepare(
      {&model, std::exp(cluster.log_r0()), std::exp(cluster.log_s()), centre.position_pc, centre.velocity_kms});
  KernelSpace<Real> space(tables.lines.back().share.size());
  std::vector<BlockIntegrals> result(lines.blocks.size());
  for (std::size_t b = 0; b < result.size(); ++b) {
    star_kernel<Real>(set, slopes)(tables, lines.blocks[b], false, space, result[b]);
  }
  return result;
}

template <class Real>
void expect_the_same(double tolerance) {
  for (const auto& regime : tests::regimes()) {
    const auto expected = integrals<Real>(regime, InstructionSet::baseline);
    for (const InstructionSet set : {InstructionSet::avx2, InstructionSet::avx512}) {
      if (!Machine().has(set)) continue;
      const auto actual = integrals<Real>(regime, set);
      for (std::size_t b = 0; b < expected.size(); ++b) {
        for (std::size_t i = 0; i < kBlock; ++i) {
          EXPECT_NEAR(actual[b].log_value[i], expected[b].log_value[i], tolerance) << regime.name << name_of(set);
        }
      }
    }
  }
}

TEST(StarKernel, InstructionSetsDifferByRoundingAlone) {
  expect_the_same<float>(2e-5);
  expect_the_same<double>(1e-11);
}

TEST(StarKernel, ValuesAreTheSameWithoutSlopes) {
  for (const auto& regime : tests::regimes()) {
    const auto expected = integrals<double>(regime, InstructionSet::baseline);
    const auto actual = integrals<double>(regime, InstructionSet::baseline, Slopes::none);
    for (std::size_t b = 0; b < expected.size(); ++b) {
      for (std::size_t i = 0; i < kBlock; ++i) {
        EXPECT_NEAR(actual[b].log_value[i], expected[b].log_value[i], 1e-11) << regime.name;
      }
    }
  }
}

}  // namespace
}  // namespace praesepe::infer::models::globular
