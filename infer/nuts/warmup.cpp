#include "infer/nuts/warmup.hpp"

#include <cmath>
#include <cstdlib>

namespace praesepe::infer::nuts {

namespace {

constexpr double kEarlyFraction = 0.3;
constexpr double kLateFraction = 0.15;
constexpr int kEarlyWindow = 10;
constexpr int kMainWindow = 80;
constexpr double kWindowGrowth = 1.5;
constexpr int kDenseRenewal = 10;

// A draw that stayed where it was adds nothing, and next to a divergence the step size says more than the target.
bool is_informative(const Transition& transition) {
  constexpr int kNear = 4;
  return std::abs(transition.index) > (transition.divergence ? kNear : 0);
}

}  // namespace

MetricAdaptation::MetricAdaptation(MetricKind kind, Eigen::Index dimension, int warmup)
    : kind_(kind),
      early_end_(static_cast<int>(std::ceil(kEarlyFraction * warmup))),
      late_begin_(warmup - static_cast<int>(kLateFraction * warmup)),
      draws_(Matrix::Zero(late_begin_, dimension)),
      gradients_(Matrix::Zero(late_begin_, dimension)),
      main_window_(kMainWindow) {}

std::optional<InverseMetric> MetricAdaptation::update(const Transition& transition, const State& state) {
  if (is_informative(transition)) {
    draws_.row(stored_) = state.position;
    gradients_.row(stored_) = state.gradient;
    ++stored_;
  }
  ++transition_;
  const int interval = kind_ == MetricKind::dense ? kDenseRenewal : 1;
  if (!switch_windows() && transition_ - last_renewal_ < interval) return std::nullopt;
  last_renewal_ = transition_;
  const int rows = stored_ - foreground_;
  return fisher_metric(kind_, draws_.middleRows(foreground_, rows), gradients_.middleRows(foreground_, rows));
}

bool MetricAdaptation::switch_windows() {
  const bool early = transition_ < early_end_;
  const int window = early ? kEarlyWindow : main_window_;
  if (stored_ - background_ < window || transition_ + window > late_begin_) return false;
  foreground_ = background_;
  background_ = stored_;
  if (!early) main_window_ = static_cast<int>(kWindowGrowth * main_window_);
  return true;
}

}  // namespace praesepe::infer::nuts
