#include "infer/em/noisy_points.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "infer/em/packed_points.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::em {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

TEST(NoisyPoints, DropTheRowsOfMissingValuesWhateverTheirNoiseSays) {
  NoisyPoints points(3);
  Matrix noise = Eigen::Vector3d(1.0, 2.0, 3.0).asDiagonal();
  noise.row(1).setConstant(kMissing);
  noise.col(1).setConstant(kMissing);
  points.add(Eigen::Vector3d(7.0, kMissing, 9.0), noise);
  EXPECT_EQ(points[0].value, Eigen::Vector2d(7.0, 9.0));
  EXPECT_EQ(points[0].noise, Matrix(Eigen::Vector2d(1.0, 3.0).asDiagonal()));
  Matrix design(2, 3);
  design << 1, 0, 0, 0, 0, 1;
  EXPECT_EQ(points[0].design(3), design);

  const Matrix projection = (Matrix(2, 3) << 1, 2, 3, 4, 5, 6).finished();
  points.add(Eigen::Vector2d(kMissing, 1.0), Matrix::Identity(2, 2), projection);
  EXPECT_EQ(points[1].design(3), projection.row(1));
  points.add(Vector::Constant(3, kMissing), Matrix::Zero(3, 3));
  EXPECT_EQ(points[2].value.size(), 0);
  EXPECT_EQ(points.size(), 3u);
  EXPECT_EQ(points.measured_values(), 3);
}

template <class... Arguments>
void expect_refused(const std::string& words, const Arguments&... arguments) {
  NoisyPoints points(2);
  points.add(Vector::Zero(2), Matrix::Zero(2, 2));
  try {
    points.add(arguments...);
    ADD_FAILURE() << "accepted: " << words;
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(words));
    EXPECT_THAT(error.what(), testing::HasSubstr("point 1"));
  }
  EXPECT_EQ(points.size(), 1u);
}

TEST(NoisyPoints, RefuseWhatIsMalformedAndNameThePoint) {
  const Vector y = Vector::Zero(2);
  const Matrix one = Matrix::Identity(2, 2);
  expect_refused("3 values", Vector(Vector::Zero(3)), one);
  expect_refused("noise is 3 x 3", y, Matrix(Matrix::Identity(3, 3)));
  expect_refused("infinite", Vector(Eigen::Vector2d(0.0, std::numeric_limits<double>::infinity())), one);
  expect_refused("semidefinite", y, Matrix(-one));
  expect_refused("semidefinite", y, (Matrix(2, 2) << 1.0, 0.5, 0.4, 1.0).finished());
  expect_refused("semidefinite", y, (Matrix(2, 2) << 1.0, 1.1, 1.1, 1.0).finished());
  expect_refused("semidefinite", y, Matrix(Matrix::Constant(2, 2, kMissing)));
  expect_refused("projection is 2 x 3", y, one, Matrix(Matrix::Zero(2, 3)));
  expect_refused("projection is not finite", y, one, Matrix(Matrix::Constant(2, 2, kMissing)));
  EXPECT_THROW(NoisyPoints(0), InputError);
}

TEST(NoisyPoints, AcceptNoiseThatIsZeroOrOfLowerRank) {
  NoisyPoints points(2);
  EXPECT_NO_THROW(points.add(Vector::Zero(2), Matrix::Zero(2, 2)));
  EXPECT_NO_THROW(points.add(Vector::Zero(2), Matrix::Ones(2, 2)));
}

TEST(PackedPoints, StandTogetherByKindEachOnce) {
  NoisyPoints points(2);
  const Matrix one = Matrix::Identity(2, 2);
  for (int i = 0; i < 20; ++i) {
    if (i % 3 == 0) points.add(Eigen::Vector2d(i, -i), one);
    if (i % 3 == 1) points.add(Eigen::Vector2d(kMissing, i), one);
    if (i % 3 == 2) points.add(Eigen::Vector2d(i, kMissing), one, one);
  }
  const auto groups = pack(points);
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_THAT(groups[0].points, testing::ElementsAre(0, 3, 6, 9, 12, 15, 18));
  EXPECT_THAT(groups[1].rows, testing::ElementsAre(1));
  EXPECT_TRUE(groups[2].projected);
  EXPECT_EQ(groups[2].measured, 1);
  // First pack of the first kind: y_0 of all lanes, then y_1; the last lane is padding.
  EXPECT_EQ(groups[0].fields[1], 3.0);
  EXPECT_EQ(groups[0].fields[kLanes + 6], -18.0);
  EXPECT_EQ(groups[0].fields[7], 0.0);
}

}  // namespace
}  // namespace praesepe::infer::em
