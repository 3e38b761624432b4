#include "infer/em/anderson.hpp"

#include <gtest/gtest.h>

namespace praesepe::infer::em {
namespace {

TEST(Anderson, FindsTheFixedPointOfALinearMapInOneStepMoreThanItHasDimensions) {
  // x <- A x + b with eigenvalues up to 0.999: plain iteration gains a digit in 2300 steps.
  Eigen::MatrixXd a(3, 3);
  a << 0.999, 0.1, 0.0, 0.0, 0.9, 0.2, 0.0, 0.0, -0.5;
  const Eigen::Vector3d fixed_point(1.0, -2.0, 3.0), b = fixed_point - a * fixed_point;
  Anderson anderson(5);
  Eigen::VectorXd x = Eigen::Vector3d::Zero();
  for (int step = 0; step < 4; ++step) x = anderson.next(x, a * x + b);
  EXPECT_LT((x - fixed_point).norm(), 1e-7);
}

TEST(Anderson, StepsPlainlyAtFirstAndAfterARestart) {
  Anderson anderson(5);
  const Eigen::VectorXd x = Eigen::Vector2d(1.0, 2.0), image = Eigen::Vector2d(3.0, 5.0);
  EXPECT_EQ(anderson.next(x, image), image);
  EXPECT_NE(anderson.next(image, 1.1 * image), 1.1 * image);
  anderson.restart();
  EXPECT_EQ(anderson.next(x, image), image);
}

TEST(Anderson, StandsStillAtAFixedPoint) {
  Anderson anderson(3);
  const Eigen::VectorXd x = Eigen::Vector2d(1.0, 2.0);
  for (int step = 0; step < 3; ++step) EXPECT_EQ(anderson.next(x, x), x);
}

}  // namespace
}  // namespace praesepe::infer::em
