#include "infer/em/gaussian_mixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "sim/error.hpp"

namespace praesepe::infer::em {
namespace {

GaussianMixture good() {
  return {{{0.25, Vector::Zero(3), Matrix::Identity(3, 3)}, {0.75, Vector::Ones(3), 2.0 * Matrix::Identity(3, 3)}}};
}

template <class Change>
void expect_refused(Change change, const std::string& words) {
  GaussianMixture mixture = good();
  change(mixture);
  try {
    mixture.check();
    ADD_FAILURE() << "accepted: " << words;
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(words));
  }
}

TEST(GaussianMixture, CountsItsFreeParameters) {
  EXPECT_EQ(good().free_parameters(), 1 + 2 * 3 + 2 * 6);
  const GaussianMixture one{{{1.0, Vector::Zero(1), Matrix::Identity(1, 1)}}};
  EXPECT_EQ(one.free_parameters(), 2);
}

TEST(GaussianMixture, RefusesWhatIsNoMixtureAndNamesTheComponent) {
  EXPECT_NO_THROW(good().check());
  expect_refused([](auto& m) { m.components.clear(); }, "needs a component");
  expect_refused([](auto& m) { m.components[1].weight = 0.7; }, "sum to 0.95");
  expect_refused([](auto& m) { m.components[0].weight = -0.25; }, "component 0: its weight is -0.25");
  expect_refused([](auto& m) { m.components[1].weight = std::numeric_limits<double>::quiet_NaN(); }, "component 1");
  expect_refused([](auto& m) { m.components[1].mean = Vector::Zero(2); }, "component 1: its mean has 2");
  expect_refused([](auto& m) { m.components[1].mean[2] = std::numeric_limits<double>::infinity(); }, "not finite");
  expect_refused([](auto& m) { m.components[1].covariance = Matrix::Identity(2, 2); }, "2 x 2, and should be 3 x 3");
  expect_refused([](auto& m) { m.components[1].covariance(0, 1) = 0.1; }, "not symmetric");
  expect_refused([](auto& m) { m.components[1].covariance(2, 2) = 0.0; }, "not positive definite");
}

}  // namespace
}  // namespace praesepe::infer::em
