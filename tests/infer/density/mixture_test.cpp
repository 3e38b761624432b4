#include "infer/density/mixture.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "infer/density/posterior.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::density {
namespace {

const Array kStars{{-1.0, 0.2, 0.9, 4.0, 60.0}};

/// N(mean, 1), with `mean` the parameter of that index.
class Normal final : public Component {
 public:
  explicit Normal(Eigen::Index mean) : mean_(mean) {}
  void log_marginal(const Vector& theta, Array& values) const override {
    values = -0.5 * (kStars - theta[mean_]).square() - 0.5 * std::log(2.0 * M_PI);
  }
  void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const override {
    gradient[mean_] += (weight * (kStars - theta[mean_])).sum();
  }

 private:
  Eigen::Index mean_;
};

/// exp(-x / scale) / scale for x > 0; negative stars are impossible.
class Exponential final : public Component {
 public:
  explicit Exponential(Eigen::Index scale) : scale_(scale) {}
  void log_marginal(const Vector& theta, Array& values) const override {
    values = (kStars > 0.0)
                 .select(-kStars / theta[scale_] - std::log(theta[scale_]), -std::numeric_limits<double>::infinity());
  }
  void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const override {
    const double scale = theta[scale_];
    gradient[scale_] += (weight * (kStars / (scale * scale) - 1.0 / scale)).sum();
  }

 private:
  Eigen::Index scale_;
};

/// theta = (w, mean, v, mean, scale): w N(mean) + (1 - w) [v N(mean') + (1 - v) Exponential(scale)].
std::shared_ptr<const Mixture> cluster_and_field(const std::string& name_of_field = "field") {
  const auto field = std::make_shared<Mixture>(
      std::vector<Mixture::Part>{{"a", std::make_shared<Normal>(3), 2}, {"b", std::make_shared<Exponential>(4), -1}});
  return std::make_shared<Mixture>(
      std::vector<Mixture::Part>{{"cluster", std::make_shared<Normal>(1), 0}, {name_of_field, field, -1}});
}

struct Terms {
  Array cluster, field;
};

Terms by_hand(const Vector& t) {
  const auto normal = [](double mean) {
    return Array((-0.5 * (kStars - mean).square()).exp() / std::sqrt(2.0 * M_PI));
  };
  const Array exponential = (kStars > 0.0).select((-kStars / t[4]).exp() / t[4], 0.0);
  return {t[0] * normal(t[1]), (1.0 - t[0]) * (t[2] * normal(t[3]) + (1.0 - t[2]) * exponential)};
}

TEST(Mixture, SumsWhatItsComponentsSay) {
  const Vector theta{{0.3, 0.5, 0.8, 2.0, 5.0}};
  Array values;
  cluster_and_field()->log_marginal(theta, values);
  const Terms terms = by_hand(theta);
  EXPECT_TRUE(values.isApprox((terms.cluster + terms.field).log(), 1e-13));
}

TEST(Mixture, MembershipsIncludeTheWeights) {
  const Vector theta{{0.3, 0.5, 0.8, 2.0, 5.0}};
  Matrix p;
  StarLikelihood(5, cluster_and_field()).memberships(theta, p);
  const Terms terms = by_hand(theta);
  EXPECT_TRUE(p.col(0).array().isApprox(terms.cluster / (terms.cluster + terms.field), 1e-12));
  EXPECT_TRUE(p.rowwise().sum().isApproxToConstant(1.0, 1e-14));
}

TEST(Mixture, PartsOfANamelessMixtureAreToldApart) {
  const Vector theta{{0.3, 0.5, 0.8, 2.0, 5.0}};
  const StarLikelihood together(5, cluster_and_field()), apart(5, cluster_and_field(""));
  EXPECT_EQ(together.components(), (std::vector<std::string>{"cluster", "field"}));
  EXPECT_EQ(apart.components(), (std::vector<std::string>{"cluster", "a", "b"}));
  Matrix p, sums;
  apart.memberships(theta, p);
  together.memberships(theta, sums);
  EXPECT_TRUE(p.col(0).isApprox(sums.col(0), 1e-14));
  EXPECT_TRUE((p.col(1) + p.col(2)).isApprox(sums.col(1), 1e-14));
  // the one negative star is impossible for the exponential
  EXPECT_LT(p(0, 2), 1e-300);
  EXPECT_GT(p(1, 2), 0.0);
}

/// The likelihood as a density of theta itself.
struct Flat final : LogDensity {
  StarLikelihood likelihood{5, cluster_and_field()};
  Eigen::Index dimension() const override { return 5; }
  double log_density(const Vector& q, Vector& gradient) const override {
    return likelihood.log_likelihood(q, gradient);
  }
};

TEST(Mixture, GradientPassesThroughNestedMixtures) {
  for (const Vector& theta : {Vector{{0.3, 0.5, 0.8, 2.0, 5.0}}, Vector{{1e-6, -3.0, 0.999, 4.0, 0.4}}}) {
    const auto density = [](const Vector& x, Vector& gradient) { return Flat().log_density(x, gradient); };
    EXPECT_TRUE(tests::check_gradient(density, theta, 1e-6, Vector{{1e-7, 1e-3, 1e-4, 1e-3, 1e-3}}));
  }
}

TEST(Mixture, WeightsOfZeroAreNoDivisions) {
  Vector gradient(5);
  EXPECT_TRUE(std::isfinite(Flat().log_density(Vector{{0.0, 0.5, 0.5, 2.0, 5.0}}, gradient)));
  EXPECT_TRUE(gradient.allFinite()) << gradient.transpose();
}

TEST(Mixture, IsImpossibleOnlyIfAStarIsImpossibleInEveryComponent) {
  // The star at -1 needs one of the normals.
  Vector gradient(5);
  EXPECT_TRUE(std::isfinite(Flat().log_density(Vector{{0.5, 0.5, 0.0, 2.0, 5.0}}, gradient)));
  EXPECT_TRUE(gradient.allFinite());
  EXPECT_EQ(Flat().log_density(Vector{{0.0, 0.5, 0.0, 2.0, 5.0}}, gradient), -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace praesepe::infer::density
