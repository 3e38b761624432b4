#include "infer/models/gaussian_mixture/distance_quadrature.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

namespace praesepe::infer::models::gaussian_mixture {

namespace {

double log_f(const DistanceIntegrand& integrand, double t) { return integrand.log_density(std::exp(t), t) + t; }

struct Place {
  double t;
  double height;  // log f
};

/// A local maximum of log f, with the standard deviation of the Gaussian that fits it.
struct Peak : Place {
  double width;
};

bool is_covered(std::span<const Peak> peaks, double t) {
  constexpr double kCovered = 6.0;  // widths of a peak that its own nodes reach in any case
  return std::ranges::any_of(peaks, [t](const Peak& peak) { return std::abs(t - peak.t) < kCovered * peak.width; });
}

/// Climbs by Newton steps on parabolas through three points, at first no longer than a few times the width that the
/// errors let one expect; the reach grows while that is too short. Stops well inside the width; none if the way leads
/// to what the nodes of `known` peaks cover.
std::optional<Peak> climb(const DistanceIntegrand& integrand, Place from, std::span<const Peak> known) {
  constexpr int kSteps = 60;
  auto [t, height] = from;
  double width = 0.0, reach = 0.0;
  for (int i = 0; i < kSteps; ++i) {
    if (is_covered(known, t)) return {};
    const double expected = 1.0 / std::sqrt(1.0 + integrand.information(std::exp(t))), d = 0.3 * expected;
    const double below = log_f(integrand, t - d), above = log_f(integrand, t + d);
    const double slope = (above - below) / (2.0 * d), curvature = (above - 2.0 * height + below) / (d * d);
    const bool concave = curvature < 0.0;
    width = concave ? std::min(1.0 / std::sqrt(-curvature), 4.0 * expected) : expected;
    reach = std::max(reach, 4.0 * expected);
    double step = concave ? std::clamp(-slope / curvature, -reach, reach) : std::copysign(reach, slope);
    if (concave && std::abs(step) < 0.1 * width) break;
    double next = log_f(integrand, t + step);
    reach *= std::abs(step) == reach && next > height ? 4.0 : 1.0;
    for (int halvings = 0; !(next > height) && halvings < 20; ++halvings) {
      reach = std::abs(step *= 0.5);
      next = log_f(integrand, t + step);
    }
    if (!(next > height)) break;
    t += step;
    height = next;
  }
  // A skew peak is narrower on one side than its curvature says.
  const double drop = height - std::min(log_f(integrand, t - width), log_f(integrand, t + width));
  return Peak{{t, height}, width / std::max(1.0, std::sqrt(2.0 * drop))};
}

/// The highest peak, and the span and narrowest width of those that are lower by less than `range`.
struct Summit {
  Peak highest;
  double first, last;
  double width;
};

Summit find_summit(const DistanceIntegrand& integrand, double range) {
  constexpr double kNearest = 1e-6, kFurthest = 1e6;  // kpc
  const Eigen::Vector4d distances = integrand.indicated_distances();
  std::array<Place, 4> start;
  std::array<Peak, 4> peaks;
  std::size_t starts = 0, count = 0, best = 0;
  for (const double r : distances) {
    if (!(r > 0.0)) continue;
    const double t = std::log(std::clamp(r, kNearest, kFurthest));
    start[starts++] = {t, log_f(integrand, t)};
  }
  // From the highest start first: as a rule the others lie on the slopes of its peak.
  std::iter_swap(start.begin(), std::ranges::max_element(start.begin(), start.begin() + starts, {}, &Place::height));
  for (std::size_t i = 0; i < starts; ++i) {
    const auto peak = climb(integrand, start[i], {peaks.data(), count});
    if (!peak) continue;
    peaks[count] = *peak;
    if (peak->height > peaks[best].height) best = count;
    ++count;
  }
  Summit summit{peaks[best], peaks[best].t, peaks[best].t, peaks[best].width};
  for (std::size_t i = 0; i < count; ++i) {
    if (peaks[i].height < summit.highest.height - range) continue;
    summit.first = std::min(summit.first, peaks[i].t);
    summit.last = std::max(summit.last, peaks[i].t);
    summit.width = std::min(summit.width, peaks[i].width);
  }
  return summit;
}

constexpr int kMostNodes = 2000;  // on each side

/// Visits t0 + j step outwards from j = 0 on both sides: use(t) returns log f.
template <class Use>
DistanceNodes visit(const DistanceIntegrand& integrand, const QuadratureRule& rule, Use use) {
  const Summit summit = find_summit(integrand, rule.range);
  const double height = summit.highest.height;
  DistanceNodes nodes{summit.highest.t, rule.step * summit.width, 0, 0};
  use(nodes.centre, height);
  for (const int side : {-1, 1}) {
    int j = 0;
    for (bool more = true; more && std::abs(j) < kMostNodes;) {
      j += side;
      const double t = nodes.centre + j * nodes.step;
      more = use(t, height) > height - rule.range || (side < 0 ? t > summit.first : t < summit.last);
    }
    (side < 0 ? nodes.first : nodes.last) = j;
  }
  return nodes;
}

}  // namespace

DistanceIntegral integrate(const DistanceIntegrand& integrand, const QuadratureRule& rule) {
  DistanceIntegral integral{0.0, {}};
  double reference = 0.0;
  const DistanceNodes nodes = visit(integrand, rule, [&](double t, double height) {
    reference = height;
    const auto at = integrand.at(std::exp(t), t);
    const double value = at.log_density + t;
    integrand.add(at, std::exp(value - height), integral.sums);
    return value;
  });
  integral.log_value = reference + std::log(nodes.step * integral.sums.weight);
  return integral;
}

DistanceNodes distance_nodes(const DistanceIntegrand& integrand, const QuadratureRule& rule) {
  return visit(integrand, rule, [&](double t, double) { return log_f(integrand, t); });
}

}  // namespace praesepe::infer::models::gaussian_mixture
