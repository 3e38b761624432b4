#include "infer/density/prior.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sim/error.hpp"

namespace praesepe::infer::density {
namespace {

const std::vector<std::string> kTexts{"uniform(1.5, 14)",
                                      "normal(5.85, 0.6)",
                                      "truncated_normal(0.7, 0.3, 0, 1.5)",
                                      "truncated_normal(0, 1, 4, 6)",
                                      "truncated_normal(0, 1, -6, -4)",
                                      "truncated_normal(1, 2, 0, inf)",
                                      "truncated_normal(-3, 1, 0, inf)",
                                      "truncated_normal(1, 2, -inf, 4)",
                                      "log_uniform(0.01, 100)",
                                      "half_normal(3)",
                                      "beta(1.5, 1.5, -1, 1)",
                                      "beta(1, 4, 2, 5)"};

TEST(Prior, TextReadsBackToTheSamePrior) {
  for (const auto& text : kTexts) EXPECT_EQ(Prior::parse(text).text(), text);
  EXPECT_EQ(Prior::parse(" uniform( 0.001 ,F_b ) ").text(), "uniform(0.001, F_b)");
}

TEST(Prior, MapToTheNormalIsInvertedExactly) {
  for (const auto& text : kTexts) {
    const Prior prior = Prior::parse(text);
    for (double q = -6.0; q <= 6.0; q += 0.37) {
      const double x = prior.from_normal(q).x;
      // In a tail the inverse is limited by the spacing of doubles near the end of the support.
      const double spacing = 4e-16 * std::max(1.0, std::abs(x)) / prior.from_normal(q).slope;
      EXPECT_NEAR(prior.to_normal(x), q, 1e-9 + 4.0 * spacing) << text;
    }
  }
}

TEST(Prior, SlopeIsTheDerivative) {
  for (const auto& text : kTexts) {
    const Prior prior = Prior::parse(text);
    for (double q = -4.0; q <= 4.0; q += 0.5) {
      const double h = 1e-5;
      const double difference = (prior.from_normal(q + h).x - prior.from_normal(q - h).x) / (2.0 * h);
      EXPECT_NEAR(prior.from_normal(q).slope, difference, 1e-7 * std::max(1.0, std::abs(difference)))
          << text << " " << q;
    }
  }
}

TEST(Prior, MomentsAgreeWithQuadratureOverTheNormalCoordinate) {
  for (const auto& text : kTexts) {
    const Prior prior = Prior::parse(text);
    double mass = 0.0, first = 0.0, second = 0.0;
    for (double q = -10.0; q <= 10.0; q += 1e-3) {
      const double weight = std::exp(-0.5 * q * q), x = prior.from_normal(q).x;
      mass += weight;
      first += weight * x;
      second += weight * x * x;
    }
    const double mean = first / mass;
    EXPECT_NEAR(prior.mean(), mean, 1e-6 * (1.0 + std::abs(mean))) << text;
    EXPECT_NEAR(prior.sd(), std::sqrt(second / mass - mean * mean), 1e-5 * prior.sd()) << text;
  }
}

TEST(Prior, RefusesNonsenseWithAMessageThatSaysWhatIsWrong) {
  const auto message = [](const char* text) -> std::string {
    try {
      Prior::parse(text);
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(message("gaussian(0,1)"), testing::HasSubstr("expected uniform(a,b)"));
  EXPECT_THAT(message("uniform(1)"), testing::HasSubstr("takes 2 arguments"));
  EXPECT_THAT(message("uniform(2,1)"), testing::HasSubstr("first end must be below"));
  EXPECT_THAT(message("normal(0,-1)"), testing::HasSubstr("must be positive"));
  EXPECT_THAT(message("normal(0,observed)"), testing::HasSubstr("not a number"));
  EXPECT_THAT(message("normal(0,inf)"), testing::HasSubstr("not a number"));
  EXPECT_THAT(message("truncated_normal(inf,1,0,2)"), testing::HasSubstr("not a number"));
  EXPECT_THAT(message("truncated_normal(0,1,inf,inf)"), testing::HasSubstr("lower end must be below"));
  EXPECT_THAT(message("normal(0,1"), testing::HasSubstr("is no prior"));
  EXPECT_THAT(message(""), testing::HasSubstr("is no prior"));
  EXPECT_THAT(message("log_uniform(0,1)"), testing::HasSubstr("0 < a < b"));
  EXPECT_THAT(message("beta(0,1,-1,1)"), testing::HasSubstr("shapes must be positive"));
  EXPECT_THAT(message("beta(1,1,1,-1)"), testing::HasSubstr("lower end must be below"));
}

}  // namespace
}  // namespace praesepe::infer::density
