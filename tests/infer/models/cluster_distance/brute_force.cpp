#include "tests/infer/models/cluster_distance/brute_force.hpp"

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <numbers>
#include <vector>

namespace praesepe::tests {

using infer::models::cluster_distance::DistanceIntegral;
using infer::models::cluster_distance::Measurement;
using infer::models::cluster_distance::Population;

namespace {

/// The place of the largest value of f between low and high, by a scan in ln r that closes in on it.
template <class F>
double largest(F f, double low, double high) {
  double best = low;
  while (std::log(high / low) > 1e-13) {
    const double width = std::log(high / low) / 300.0;
    double value = -INFINITY;
    for (int k = 0; k <= 300; ++k) {
      const double r = low * std::exp(width * k);
      if (f(r) > value) {
        value = f(r);
        best = r;
      }
    }
    low = best * std::exp(-3.0 * width);
    high = best * std::exp(3.0 * width);
  }
  return best;
}

}  // namespace

DistanceIntegral brute_force_distance(const Population& population, const Measurement& star) {
  const auto z = [&](double r) { return (r - population.mean) / population.sd; };
  const auto exponent = [&](double r) {
    return -0.5 * (std::pow(z(r), 2) + std::pow((star.parallax - 1.0 / r) / star.error, 2));
  };
  std::vector<double> edges;
  for (double r = 1e-4; r < 1e4; r *= 1.6) edges.push_back(r);
  for (int k = -30; k <= 30; ++k) {
    edges.push_back(population.mean + 1.3 * k * population.sd);
    edges.push_back(1.0 / (star.parallax + 1.3 * k * star.error));
  }
  // The peak nearer than the cluster, and the one about it or behind.
  const double mean = population.mean, far = 4.0 * mean + 10.0 * population.sd;
  for (const double r : {largest(exponent, 1e-3 * mean, mean), largest(exponent, 0.5 * mean, far)}) {
    const double width = 1.0 / std::hypot(r / population.sd, 1.0 / (r * star.error));
    for (int k = -40; k <= 40; ++k) edges.push_back(r * std::exp(0.5 * k * width));
  }
  std::erase_if(edges, [](double r) { return !(r > 0.0 && r < 1e4); });
  std::ranges::sort(edges);
  double top = -INFINITY;
  for (const double r : edges) top = std::max(top, exponent(r));
  std::array<double, 3> moment{};
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const double a = edges[i], b = edges[i + 1];
    if (std::max({exponent(a), exponent(b), exponent(0.5 * (a + b))}) < top - 45.0) continue;
    for (std::size_t m = 0; m < moment.size(); ++m) {
      const auto f = [&](double r) { return std::exp(exponent(r) - top) * std::pow(z(r), static_cast<int>(m)); };
      moment[m] += boost::math::quadrature::gauss_kronrod<double, 61>::integrate(f, a, b, 3, 1e-10);
    }
  }
  return {top + std::log(moment[0] / (2.0 * std::numbers::pi * population.sd * star.error)), moment[1] / moment[0],
          moment[2] / moment[0]};
}

}  // namespace praesepe::tests
