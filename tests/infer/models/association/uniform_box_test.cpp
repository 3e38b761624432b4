#include "infer/models/association/uniform_box.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/error.hpp"

namespace praesepe::infer::models::association {
namespace {

StarState at(const Vector6& mean) { return {{mean, Matrix6::Identity()}, Eigen::Vector3d::Zero()}; }

TEST(UniformBox, IsOneOverTheVolumeThatTheStarsSpan) {
  Vector6 low, high, between;
  low << -10.0, -20.0, 0.0, -1.0, -2.0, -3.0;
  high << 10.0, 30.0, 5.0, 1.0, 2.0, 1.0;
  between << 1.0, 2.0, 3.0, 0.5, 0.0, 0.0;
  const StarStates stars({at(low), at(between), at(high)});
  density::Array values;
  UniformBox(stars).log_marginal(density::Vector(), values);
  ASSERT_EQ(values.size(), 3);
  for (const double value : values) EXPECT_NEAR(value, -std::log(20.0 * 50.0 * 5.0 * 2.0 * 4.0 * 4.0), 1e-12);
}

TEST(UniformBox, RefusesStarsWithoutRadialVelocityAndStarsInAPlane) {
  StarState blind = at(Vector6::Ones());
  blind.unseen = Eigen::Vector3d::UnitX();
  EXPECT_THROW(UniformBox(StarStates({at(Vector6::Zero()), blind})), InputError);
  EXPECT_THROW(UniformBox(StarStates({at(Vector6::Zero()), at(Vector6::Unit(2))})), InputError);
}

}  // namespace
}  // namespace praesepe::infer::models::association
