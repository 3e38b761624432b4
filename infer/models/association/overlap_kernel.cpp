#include "infer/models/association/overlap_kernel.hpp"

#include <numbers>

namespace praesepe::infer::models::association {

namespace {

/// What is kept of the stars in a lane to move them along their lines of sight.
struct OpenDistance {
  Batch rho;
  Batch6 by_distance;
  BatchSymmetric across;
};

/// Likely t, and the width about it that the parallax and the Gaussian leave.
struct Peak {
  Batch centre, width;
};

Peak likely_distance(const OpenDistance& open, const BatchOverlap& linear) {
  Batch along(0.0), twice_g(0.0);  // y' . u, y'^T 2 G y'
  for (Eigen::Index a = 0; a < 6; ++a) {
    const Batch& y = open.by_distance[at(a)];
    along += y * linear.u[at(a)];
    for (Eigen::Index b = 0; b < 6; ++b) twice_g += y * open.by_distance[at(b)] * linear.h(a, b);
  }
  const Batch variance = open.rho * open.rho;
  const Batch distance = xsimd::max(Batch(1.0) - variance * along, Batch(0.05));  // over that of the parallax
  const Batch left = xsimd::max(Batch(1.0) + variance * (twice_g - along * along), Batch(1e-6));
  return {xsimd::log(distance), open.rho * xsimd::sqrt(left) / distance};
}

/// Moves `stars` to `factor` times their distance: `there`, of which what is unseen stays.
void move(const BatchStars& stars, const OpenDistance& open, const Batch& factor, BatchStars& there) {
  const Batch variance = open.rho * open.rho, stretch = factor * factor - Batch(1.0);
  for (Eigen::Index a = 0; a < 6; ++a) {
    const Batch& y = open.by_distance[at(a)];
    there.mean[at(a)] = stars.mean[at(a)] + (factor - Batch(1.0)) * y;
    for (Eigen::Index b = 0; b <= a; ++b) {
      there.covariance(a, b) =
          stars.covariance(a, b) + (stretch * open.across(a, b) - variance * y * open.by_distance[at(b)]);
    }
  }
}

/// ln of sum_j e^v_j, and averages of slopes with weights e^v_j.
class WeightedOverlaps {
 public:
  WeightedOverlaps() : top_(kNothing), sum_(0.0) {
    total_.sound = xsimd::batch_bool<double>(false);
    total_.u.fill(Batch(0.0));
    total_.h.fill(Batch(0.0));
  }
  void add(const BatchOverlap& found, const Batch& log_weight) {
    const Batch value = xsimd::select(found.sound, found.value + log_weight, Batch(kNothing));
    const Batch top = xsimd::max(top_, value);
    const Batch before = xsimd::exp(top_ - top), here = xsimd::exp(value - top);
    sum_ = sum_ * before + here;
    for (std::size_t i = 0; i < 6; ++i) total_.u[i] = total_.u[i] * before + here * found.u[i];
    for (std::size_t i = 0; i < total_.h.size(); ++i) total_.h[i] = total_.h[i] * before + here * found.h[i];
    total_.sound = total_.sound || found.sound;
    top_ = top;
  }
  BatchOverlap mean() const {
    BatchOverlap mean = total_;
    mean.value = top_ + xsimd::log(sum_);
    for (Batch& entry : mean.u) entry /= sum_;
    for (Batch& entry : mean.h) entry /= sum_;
    return mean;
  }

 private:
  static constexpr double kNothing = -1e300;
  Batch top_, sum_;
  BatchOverlap total_;
};

/// Trapezoids about the peak, in its widths.
struct Trapezoids {
  int to_each_side;
  double step;
};

/// By the largest error of a parallax among the stars, over the parallax: the smaller, the nearer to a Gaussian.
Trapezoids trapezoids(double largest_error) {
  if (largest_error > 1.0 / 30.0) return {11, 0.6};
  if (largest_error > 1.0 / 50.0) return {7, 0.9};
  return {5, 1.0};
}

BatchOverlap integrated(const BatchGaussian& gaussian, const BatchStars& stars, const OpenDistance& open,
                        const Peak& peak, const Trapezoids& rule) {
  const double log_norm = -0.5 * std::log(2.0 * std::numbers::pi);
  WeightedOverlaps sum;
  BatchStars there = stars;
  for (int j = -rule.to_each_side; j <= rule.to_each_side; ++j) {
    const Batch t = peak.centre + rule.step * j * peak.width, factor = xsimd::exp(t);
    const Batch residual = (Batch(1.0) - Batch(1.0) / factor) / open.rho;
    move(stars, open, factor, there);
    sum.add(overlap(gaussian, there), Batch(5.0) * t - Batch(0.5) * residual * residual);
  }
  BatchOverlap result = sum.mean();
  result.value += xsimd::log(rule.step * peak.width / open.rho) + Batch(log_norm);
  return result;
}

BatchOverlap select(const xsimd::batch_bool<double>& which, const BatchOverlap& a, const BatchOverlap& b) {
  BatchOverlap chosen;
  chosen.value = xsimd::select(which, a.value, b.value);
  chosen.sound = (which && a.sound) || (!which && b.sound);
  for (std::size_t i = 0; i < 6; ++i) chosen.u[i] = xsimd::select(which, a.u[i], b.u[i]);
  for (std::size_t i = 0; i < a.h.size(); ++i) chosen.h[i] = xsimd::select(which, a.h[i], b.h[i]);
  return chosen;
}

}  // namespace

BatchOverlap overlap_with(const BatchGaussian& gaussian, const double* lane) {
  const BatchStars stars = stars_of(lane);
  const BatchOverlap linear = overlap(gaussian, stars);
  const Batch rho = field_of(lane, StarStates::kParallaxError);
  const auto is_open = rho > Batch(0.0);
  if (xsimd::none(is_open)) return linear;
  const OpenDistance open{xsimd::select(is_open, rho, Batch(1.0)),
                          fields_of<6>(lane, StarStates::kByDistance),
                          {fields_of<21>(lane, StarStates::kAcross)}};
  const Trapezoids rule = trapezoids(lane[StarStates::kLargestError * kLanes]);
  return select(is_open, integrated(gaussian, stars, open, likely_distance(open, linear), rule), linear);
}

}  // namespace praesepe::infer::models::association
