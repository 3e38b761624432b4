#include "infer/nuts/trajectory.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <set>

namespace praesepe::infer::nuts {
namespace {

using sim::random::Purpose;
using sim::random::Stream;
using testing::ElementsAre;

// Dynamics without dynamics: the state at index i of the trajectory has position i and momentum 2^(i + 32), so that a
// sum of momenta names its states. Energies and turns are as the test says.
struct CountingDynamics {
  std::function<double(int)> energy = [](int) { return 0.0; };
  std::function<bool(double first, double last, double sum)> turns = [](double, double, double) { return false; };
  std::vector<int> visited;
  mutable std::vector<std::array<double, 3>> tests;  // first, last, sum

  static double momentum(int index) { return std::ldexp(1.0, index + 32); }

  void leapfrog(const PhasePoint& from, double step, PhasePoint& to) {
    const int index = static_cast<int>(from.position[0]) + (step > 0.0 ? 1 : -1);
    visited.push_back(index);
    place(index, to);
  }
  void place(int index, PhasePoint& point) const {
    point.position[0] = index;
    point.momentum[0] = momentum(index);
    point.energy = energy(index);
  }
  bool is_turning(const Vector& first, const Vector& last, const Vector& rho, const Vector& rest) const {
    tests.push_back({first[0], last[0], rho[0] + rest[0]});
    return turns(first[0], last[0], rho[0] + rest[0]);
  }
};

// Sum of momenta of the states low..high.
double sum(int low, int high) {
  double total = 0.0;
  for (int i = low; i <= high; ++i) total += CountingDynamics::momentum(i);
  return total;
}

struct Run {
  Transition transition;
  double accepted;
};

Run run(CountingDynamics& system, int max_depth, std::uint64_t seed = 1, double step = 1.0) {
  Trajectory trajectory(1, max_depth);
  system.place(0, trajectory.start());
  Stream stream({.seed = seed}, Purpose::chain);
  const Transition transition = trajectory.run(system, step, stream);
  return {transition, trajectory.accepted().position[0]};
}

TEST(Trajectory, VisitsNeighbouringStatesOnceEach) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CountingDynamics system;
    const auto [transition, accepted] = run(system, 5, seed);
    EXPECT_EQ(transition.depth, 5);
    EXPECT_EQ(transition.n_steps, 31);
    const std::set<int> states(system.visited.begin(), system.visited.end());
    EXPECT_EQ(states.size(), 31u);
    EXPECT_EQ(*states.rbegin() - *states.begin(), states.contains(0) ? 30 : 31) << "with the start, 32 in a row";
    EXPECT_EQ(transition.index, static_cast<int>(accepted));
  }
}

// Three doublings in one direction: 7 merges, 3 sums each, in the order in which the subtrees are completed.
TEST(Trajectory, ShowsTheTurnTestThreeSumsAMergedPair) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CountingDynamics system;
    run(system, 3, seed);
    ASSERT_EQ(system.tests.size(), 3u * 7u);
    if (system.visited != std::vector<int>{1, 2, 3, 4, 5, 6, 7}) continue;
    std::vector<double> sums;
    for (const auto& test : system.tests) sums.push_back(test[2]);
    EXPECT_THAT(sums, ElementsAre(sum(0, 1), sum(0, 1), sum(0, 1),    // {0} with {1}
                                  sum(2, 3), sum(2, 3), sum(2, 3),    // {2} with {3}
                                  sum(0, 3), sum(0, 2), sum(1, 3),    // {0 1} with {2 3}, and across the seam
                                  sum(4, 5), sum(4, 5), sum(4, 5),    //
                                  sum(6, 7), sum(6, 7), sum(6, 7),    //
                                  sum(4, 7), sum(4, 6), sum(5, 7),    //
                                  sum(0, 7), sum(0, 4), sum(3, 7)));  // {0..3} with {4..7}
    return;
  }
  FAIL() << "no seed of 200 goes forwards three times; the chance is 2e-12";
}

// Whatever the directions, each sum belongs to the stretch between the momenta that it is tested against.
TEST(Trajectory, TestsEachStretchAgainstItsOwnEnds) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CountingDynamics system;
    run(system, 6, seed);
    EXPECT_EQ(system.tests.size(), 3u * 63u);
    for (const auto& [first, last, total] : system.tests) {
      const int a = std::ilogb(first) - 32, b = std::ilogb(last) - 32;
      EXPECT_EQ(total, sum(std::min(a, b), std::max(a, b)));
    }
  }
}

TEST(Trajectory, StopsAfterTheDoublingThatTurnsAsAWhole) {
  CountingDynamics system;
  system.turns = [](double first, double last, double) { return std::abs(std::ilogb(first) - std::ilogb(last)) == 7; };
  const auto [transition, accepted] = run(system, 10);
  EXPECT_EQ(transition.depth, 3);
  EXPECT_EQ(transition.n_steps, 7);
}

TEST(Trajectory, DiscardsASubtreeThatTurnsInside) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CountingDynamics system;
    // Any pair of neighbours away from the start turns; the first doubling has none, the second is one.
    system.turns = [](double first, double last, double) {
      return std::abs(std::ilogb(first) - std::ilogb(last)) == 1 && first != sum(0, 0) && last != sum(0, 0);
    };
    const auto [transition, accepted] = run(system, 10, seed);
    EXPECT_EQ(transition.depth, 1);
    EXPECT_EQ(transition.n_steps, 3);
    EXPECT_LE(std::abs(accepted), 1.0);
  }
}

TEST(Trajectory, StopsAtADivergenceAndCarriesItsEvidence) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CountingDynamics system;
    system.energy = [](int index) { return std::abs(index) == 5 ? 1001.5 : 0.5; };
    const auto [transition, accepted] = run(system, 10, seed);
    ASSERT_TRUE(transition.divergence);
    EXPECT_EQ(std::abs(transition.divergence->index), 5);
    EXPECT_EQ(transition.divergence->energy_error, 1001.0);
    EXPECT_EQ(std::abs(transition.divergence->position[0]), 4.0);
    EXPECT_LT(std::abs(accepted), 5.0);
    EXPECT_NEAR(transition.acceptance_rate, (transition.n_steps - 1.0) / transition.n_steps, 1e-15);
  }
}

TEST(Trajectory, RemembersTheFirstStepThatLostMuchEnergyBeforeItDiverged) {
  CountingDynamics system;
  system.energy = [](int index) {
    return index == 0 ? 0.0 : std::abs(index) < 3 ? 9.0 : 400.0 * std::abs(index) - 1190.0;
  };
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto transition = run(system, 10, seed).transition;  // energies 9, 9, 10, 410, 810, 1210
    ASSERT_TRUE(transition.divergence);
    EXPECT_EQ(std::abs(transition.divergence->index), 6);
    EXPECT_EQ(std::abs(transition.divergence->position[0]), 3.0);
  }
}

TEST(Trajectory, TakesAnEnergyThatIsNoNumberForADivergence) {
  CountingDynamics system;
  system.energy = [](int index) { return index == 0 ? 0.0 : std::nan(""); };
  const auto [transition, accepted] = run(system, 10);
  ASSERT_TRUE(transition.divergence);
  EXPECT_EQ(transition.divergence->energy_error, HUGE_VAL);
  EXPECT_EQ(transition.n_steps, 1);
  EXPECT_EQ(transition.acceptance_rate, 0.0);
  EXPECT_EQ(transition.symmetric_acceptance_rate, 0.0);
  EXPECT_EQ(accepted, 0.0);
}

TEST(Trajectory, AveragesAcceptanceOverAllLeapfrogs) {
  CountingDynamics system;
  system.energy = [](int index) { return index == 0 ? 0.0 : index > 0 ? 1.0 : -1.0; };
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    system.visited.clear();
    const auto [transition, accepted] = run(system, 3, seed);
    double plain = 0.0;
    for (const int index : system.visited) plain += index > 0 ? std::exp(-1.0) : 1.0;
    EXPECT_NEAR(transition.acceptance_rate, plain / 7.0, 1e-15);
    EXPECT_NEAR(transition.symmetric_acceptance_rate, 2.0 / (1.0 + std::exp(1.0)), 1e-15);
    EXPECT_EQ(transition.energy, system.energy(static_cast<int>(accepted)));
  }
}

// Two doublings from index 0 at equal energies. The first always moves the proposal (min(1, 1/1)), the second too, and
// then each of its two states with probability 1/2: the start and the first new state are never drawn. Over 4000 seeds
// the count of one of two equal chances lies within 4.5 sd = 142 of 2000 but for one run in 150,000.
TEST(Trajectory, ProgressesAtTheTopAndIsMultinomialInside) {
  int outer = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    CountingDynamics system;
    const auto [transition, accepted] = run(system, 2, seed);
    ASSERT_TRUE(accepted == system.visited[1] || accepted == system.visited[2]);
    outer += accepted == system.visited[2];
  }
  EXPECT_NEAR(outer, 2000, 142);
}

// One doubling to a state of weight 1/4 replaces the start with probability 1/4: 1000 of 4000, sd 27.4, 4.5 sd.
TEST(Trajectory, ReplacesByTheRatioOfWeights) {
  int moved = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    CountingDynamics system;
    system.energy = [](int index) { return index == 0 ? 0.0 : std::log(4.0); };
    moved += run(system, 1, seed).transition.index != 0;
  }
  EXPECT_NEAR(moved, 1000, 124);
}

}  // namespace
}  // namespace praesepe::infer::nuts
