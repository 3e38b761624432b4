#include "infer/models/gaussian_mixture/latents.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/infer/models/gaussian_mixture/regimes.hpp"

namespace praesepe::infer::models::gaussian_mixture {
namespace {

using sim::random::Purpose;
using sim::random::Stream;

TEST(Latents, HaveTheMomentsThatTheQuadratureGives) {
  Stream stream({61, 0, 0}, Purpose::latents);
  for (const double snr : {0.3, 3.0, 50.0}) {
    const auto [star, component, dust] = tests::draw({.parallax_to_noise = snr}, stream);
    const DistanceIntegrand integrand(star, component, dust);
    const StarMoments expected = integrand.moments(integrate(integrand, QuadratureRule::standard()).sums);
    constexpr int kDraws = 20000;
    Vector8 first = Vector8::Zero();
    Matrix8 second = Matrix8::Zero(), fourth = Matrix8::Zero();
    for (int i = 0; i < kDraws; ++i) {
      const Vector8 u = draw_star(integrand, star, stream) - component.mean;
      const Matrix8 square = u * u.transpose();
      first += u / kDraws;
      second += square / kDraws;
      fourth += square.cwiseAbs2() / kDraws;
    }
    // 5 sd, 44 comparisons, three stars: false alarm 1e-4. Direction is not drawn: its entries are exact but for
    // rounding.
    for (Eigen::Index i = 0; i < 8; ++i) {
      const double variance = second(i, i) - first[i] * first[i];
      EXPECT_NEAR(first[i], expected.first[i], 5.0 * std::sqrt(std::abs(variance) / kDraws) + 1e-9) << snr << " " << i;
      for (Eigen::Index j = 0; j <= i; ++j) {
        const double error = std::sqrt(std::abs(fourth(i, j) - second(i, j) * second(i, j)) / kDraws);
        EXPECT_NEAR(second(i, j), expected.second(i, j), 5.0 * error + 1e-9) << snr << " " << i << " " << j;
      }
    }
  }
}

TEST(Latents, DistancesFollowTheirPosterior) {
  Stream stream({62, 0, 0}, Purpose::latents);
  const auto [star, component, dust] =
      tests::draw({.relative_depth = 1.0, .parallax_to_noise = 1.0, .photometry = false}, stream);
  const DistanceIntegrand integrand(star, component, dust);
  const DistanceSampler sampler(integrand);
  // Share of draws below points, against sums of f over fine steps in log r.
  constexpr int kSteps = 40000, kDraws = 40000;
  std::vector<double> mass;
  const double from = std::log(1e-4), h = std::log(1e6) / kSteps;
  for (int i = 0; i < kSteps; ++i) {
    const double t = from + (i + 0.5) * h;
    mass.push_back((i > 0 ? mass.back() : 0.0) + std::exp(integrand.log_density(std::exp(t), t) + t));
  }
  std::vector<double> draws;
  for (int i = 0; i < kDraws; ++i) draws.push_back(sampler.draw(stream));
  for (const double r : {0.3, 0.5, 0.8, 1.2, 2.0}) {
    const double below = mass[static_cast<std::size_t>((std::log(r) - from) / h)] / mass.back();
    const auto count = static_cast<double>(std::ranges::count_if(draws, [&](double x) { return x < r; }));
    // five comparisons at 4.8 sd: false alarm 1e-5
    EXPECT_NEAR(count / kDraws, below, 4.8 * std::sqrt(below * (1.0 - below) / kDraws) + 1e-5) << r;
  }
}

TEST(Latents, LabelsFollowTheResponsibilities) {
  Stream stream({63, 0, 0}, Purpose::latents);
  const auto [star, component, dust] = tests::draw({}, stream);
  auto wider = component;
  wider.factor *= 1.5;
  const std::vector<sim::mixture::StellarGaussian> components{component, wider};
  const std::vector<double> weights{0.3, 0.7};
  std::vector<double> joint;
  for (std::size_t k = 0; k < 2; ++k) {
    const DistanceIntegrand integrand(star, components[k], dust);
    const double ratio = components[k].mean[2] / components[k].factor.row(2).norm();
    joint.push_back(weights[k] * std::exp(integrate(integrand, QuadratureRule::standard()).log_value) /
                    (0.5 * std::erfc(-ratio / std::sqrt(2.0))));
  }
  const double share = joint[0] / (joint[0] + joint[1]);
  constexpr int kDraws = 20000;
  double of_first = 0.0;
  for (int i = 0; i < kDraws; ++i) of_first += draw_star(star, components, weights, dust, stream).component == 0;
  EXPECT_NEAR(of_first / kDraws, share, 4.5 * std::sqrt(share * (1.0 - share) / kDraws));  // false alarm 1e-5
}

}  // namespace
}  // namespace praesepe::infer::models::gaussian_mixture
