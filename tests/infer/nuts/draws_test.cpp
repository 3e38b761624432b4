#include "infer/nuts/draws.hpp"

#include <gtest/gtest.h>

#include "sim/error.hpp"

namespace praesepe::infer::nuts {
namespace {

Draws counted(int first, int n) {
  Draws draws;
  draws.resize(n, 2);
  for (int i = 0; i < n; ++i) {
    const double value = first + i;
    draws.position.row(i).setConstant(value);
    draws.lp[i] = draws.acceptance_rate[i] = draws.step_size[i] = draws.energy[i] = value;
    const auto row = static_cast<std::size_t>(i);
    draws.tree_depth[row] = draws.n_steps[row] = first + i;
    draws.diverging[row] = static_cast<std::int8_t>(first + i);
  }
  return draws;
}

void expect_values(const Draws& draws, const std::vector<int>& values) {
  ASSERT_EQ(draws.size(), static_cast<Eigen::Index>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    for (const double value : {draws.position(row, 0), draws.position(row, 1), draws.lp[row],
                               draws.acceptance_rate[row], draws.step_size[row], draws.energy[row]})
      EXPECT_EQ(value, values[i]);
    for (const int value : {draws.tree_depth[i], draws.n_steps[i], int{draws.diverging[i]}})
      EXPECT_EQ(value, values[i]);
  }
}

TEST(Draws, AreAppendedInOrder) {
  Draws draws;
  draws.append(counted(0, 3));
  draws.append(counted(3, 2));
  draws.append(Draws{});
  expect_values(draws, {0, 1, 2, 3, 4});
}

TEST(Draws, KeepTheirFirstRowsWhenResized) {
  Draws draws = counted(0, 5);
  draws.resize(3, 2);
  expect_values(draws, {0, 1, 2});
}

TEST(Draws, OfAnotherDimensionAreRefused) {
  Draws draws = counted(0, 2), other;
  other.resize(1, 3);
  EXPECT_THROW(draws.append(other), InternalError);
}

}  // namespace
}  // namespace praesepe::infer::nuts
