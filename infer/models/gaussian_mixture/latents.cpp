#include "infer/models/gaussian_mixture/latents.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "infer/density/normal.hpp"

namespace praesepe::infer::models::gaussian_mixture {

using sim::mixture::kDistance;

namespace {

constexpr int kRefinement = 4;
/// How far log f may lie above the straight line between two points. With points 0.15 widths apart a Gaussian lies at
/// most 0.15^2 / 8 = 0.003 above; ten times that leaves room for the shoulders of other peaks.
constexpr double kMargin = 0.03;

}  // namespace

DistanceSampler::DistanceSampler(const DistanceIntegrand& integrand) : integrand_(&integrand) {
  const DistanceNodes nodes = distance_nodes(integrand, QuadratureRule::standard());
  first_ = nodes.centre + nodes.first * nodes.step;
  step_ = nodes.step / kRefinement;
  const int points = (nodes.last - nodes.first) * kRefinement + 1;
  for (int i = 0; i < points; ++i) {
    const double t = first_ + i * step_;
    height_.push_back(integrand.log_density(std::exp(t), t) + t);
  }
  const double highest = *std::ranges::max_element(height_);
  for (double& height : height_) height -= highest;
  for (std::size_t i = 0; i + 1 < height_.size(); ++i) {
    // integral of exp of a line: step (e^b - e^a) / (b - a)
    const double rise = height_[i + 1] - height_[i];
    const double mean = std::abs(rise) < 1e-8 ? 1.0 + 0.5 * rise : std::expm1(rise) / rise;
    cumulative_.push_back((i > 0 ? cumulative_.back() : 0.0) + std::exp(height_[i]) * mean);
  }
  for (double& height : height_) height += highest;
}

double DistanceSampler::draw(sim::random::Stream& stream) const {
  for (;;) {
    const double mass = stream.uniform() * cumulative_.back();
    const auto i = static_cast<std::size_t>(
        std::min(std::ranges::upper_bound(cumulative_, mass) - cumulative_.begin(), std::ssize(cumulative_) - 1));
    const double rise = height_[i + 1] - height_[i], u = stream.uniform();
    const double place = std::abs(rise) < 1e-8 ? u : std::log1p(u * std::expm1(rise)) / rise;
    const double t = first_ + (static_cast<double>(i) + place) * step_, r = std::exp(t);
    const double above = integrand_->log_density(r, t) + t - (height_[i] + place * rise);
    if (std::log(stream.uniform()) < above - kMargin) return r;
  }
}

Vector8 draw_star(const DistanceIntegrand& integrand, const Star& star, sim::random::Stream& stream) {
  const double r = DistanceSampler(integrand).draw(stream);
  const InnerGaussian inner = integrand.inner_given(r, std::log(r));
  Vector5 e;
  for (double& x : e) x = stream.normal();
  const Matrix5 factor = inner.covariance.llt().matrixL();
  Vector8 u;
  u << star.direction, r, inner.mean + factor * e;
  return u;
}

sim::mixture::LabelledStar draw_star(const Star& star, std::span<const sim::mixture::StellarGaussian> components,
                                     std::span<const double> weights, const sim::mixture::Dust& dust,
                                     sim::random::Stream& stream) {
  std::vector<DistanceIntegrand> integrands;
  std::vector<double> log_joint;
  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < components.size(); ++k) {
    integrands.emplace_back(star, components[k], dust);
    const double ratio = components[k].mean[kDistance] / components[k].factor.row(kDistance).norm();
    log_joint.push_back(std::log(weights[k]) + integrate(integrands[k], QuadratureRule::standard()).log_value -
                        density::log_Phi(ratio));
    largest = std::max(largest, log_joint.back());
  }
  double total = 0.0;
  for (double& joint : log_joint) total += joint = std::exp(joint - largest);
  double rest = stream.uniform() * total;
  std::size_t k = 0;
  while (k + 1 < components.size() && rest >= log_joint[k]) rest -= log_joint[k++];
  return {k, draw_star(integrands[k], star, stream)};
}

}  // namespace praesepe::infer::models::gaussian_mixture
