#include "infer/models/cluster_distance/distance_integral.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

namespace praesepe::infer::models::cluster_distance {

namespace {

constexpr double kStep = 0.9;          // of the trapezoidal rule, in widths of the peak: error 2 exp(-2 pi^2 / kStep^2)
constexpr double kCurvature = 30.0;    // of the tails in t: the least squared inverse width, where peaks are wide
constexpr double kNegligible = 1e-10;  // of the largest weight: where a sum ends
constexpr double kLowerPeak = 35.0;    // nats below the other: where a peak is left out

double square(double x) { return x * x; }

/// The integrand without its constants, in r and u = 1/r: the walk along the nodes keeps both.
struct Integrand {
  Population population;
  Measurement star;

  double z(double r) const { return (r - population.mean) / population.sd; }
  double exponent(double r, double u) const { return -0.5 * (square(z(r)) + square((star.parallax - u) / star.error)); }

  /// Q(r) = r^2 d/dt [t + exponent], which vanishes at the peaks in t, and its derivative by r.
  ///   Q = r^2 + (mu - r) r^3 / s^2 + (1 - parallax r) / error^2
  struct Quartic {
    double value, slope;
  };
  Quartic quartic(double r) const {
    const double depth = 1.0 / square(population.sd), noise = 1.0 / square(star.error);
    return {r * r + (population.mean - r) * r * r * r * depth + (1.0 - star.parallax * r) * noise,
            2.0 * r + (3.0 * population.mean - 4.0 * r) * r * r * depth - star.parallax * noise};
  }

  /// An upper bound of the curvature -d^2 exponent / dt^2 near r: (2 r^2 - mu r)/s^2 + (2 u^2 - parallax u)/error^2,
  /// each term no smaller than at its own peak.
  double curvature(double r) const {
    const double u = 1.0 / r;
    return r * std::max(2.0 * r - population.mean, r) / square(population.sd) +
           u * std::max(2.0 * u - star.parallax, u) / square(star.error);
  }
};

/// Newton's iteration from where Q bends away from its root, so that it runs there monotonically, upwards (+1) or
/// downwards (-1). 0 if Q turns before it has a root. A tenth of the peak's width is near enough.
double run_to_root(const Integrand& f, double r, double direction) {
  constexpr int kMost = 100;
  for (int round = 0; round < kMost; ++round) {
    const auto [value, slope] = f.quartic(r);
    const double step = -value / slope;
    if (std::abs(step) * std::sqrt(f.curvature(r)) < 0.1 * r) return r + step;
    if (!(step * direction > 0.0 && r + step > 0.0)) return 0.0;
    r += step;
  }
  return r;
}

struct Peak {
  double r, exponent;
};

struct Peaks {
  std::array<Peak, 2> found;
  std::size_t count = 0;
  void add(const Integrand& f, double r) {
    if (r > 0.0) found[count++] = {r, f.exponent(r, 1.0 / r)};
  }
};

/// Q is convex for r below some r_i and concave above it; the peak of the population in t, r_p, lies above r_i. All
/// peaks lie between r_p and 1/parallax, and there is one, above r_i, unless 1/parallax < r_p/2.
Peaks find_peaks(const Integrand& f) {
  const auto [mean, sd] = f.population;
  const auto [parallax, error] = f.star;
  // (r^2 - mu r)/s^2 = x
  const auto population_at = [&](double x) { return 0.5 * (mean + std::sqrt(mean * mean + 4.0 * sd * sd * x)); };
  const double r_p = population_at(1.0);
  Peaks peaks;
  if (parallax * r_p <= 1.0) {
    // Behind the cluster. Noise pulls the less the further out: its pull at r_p bounds the peak.
    double start = population_at(1.0 + (1.0 / r_p - parallax) / (r_p * error * error));
    if (parallax * start > 1.0) start = 1.0 / parallax;
    peaks.add(f, run_to_root(f, start, -1.0));
  } else {
    if (parallax * r_p > 2.0) peaks.add(f, run_to_root(f, 1.0 / parallax, 1.0));
    peaks.add(f, run_to_root(f, r_p, -1.0));
  }
  return peaks;
}

/// Sums of r exp(exponent) z^k, k = 0, 1, 2: dr = r dt.
struct Sums {
  double zeroth = 0.0, first = 0.0, second = 0.0;

  /// Adds nodes r, r q, r q^2, ... until the weight is negligible; returns the first r left out.
  double walk(const Integrand& f, double r, double q, const Peak& top) {
    double u = 1.0 / r;
    const double inverse = 1.0 / q;
    for (;; r *= q, u *= inverse) {
      const double z = f.z(r), weight = r * std::exp(f.exponent(r, u) - top.exponent);
      if (!(weight >= kNegligible * top.r)) return r;
      zeroth += weight;
      first += weight * z;
      second += weight * z * z;
    }
  }
};

}  // namespace

DistanceIntegral integrate_distance(const Population& population, const Measurement& star) {
  const Integrand f{population, star};
  const Peaks peaks = find_peaks(f);
  if (peaks.count == 0) return {-INFINITY, 0.0, 0.0};  // a depth or an error whose square is no number
  const std::span<const Peak> all(peaks.found.data(), peaks.count);
  const Peak top =
      *std::ranges::max_element(all, {}, [](const Peak& peak) { return peak.exponent + std::log(peak.r); });
  double curvature = 0.0;
  for (const Peak& peak : all) {
    if (peak.exponent > top.exponent - kLowerPeak) curvature = std::max(curvature, f.curvature(peak.r));
  }
  const double step = kStep / std::sqrt(curvature + kCurvature), q = std::exp(step);
  Sums sums;
  double covered = 0.0;
  for (const Peak& peak : all) {
    if (peak.exponent <= top.exponent - kLowerPeak || peak.r < covered) continue;
    sums.walk(f, peak.r / q, 1.0 / q, top);
    covered = sums.walk(f, peak.r, q, top);
  }
  return {top.exponent + std::log(step * sums.zeroth / (2.0 * std::numbers::pi * population.sd * star.error)),
          sums.first / sums.zeroth, sums.second / sums.zeroth};
}

}  // namespace praesepe::infer::models::cluster_distance
