// The warm-up schedule: when the metric is estimated anew, and from which draws.
//
// Of n warm-up transitions the first 30 % are early, the last 15 % adapt the step size only (as nuts-rs does). Draws
// enter two windows, foreground and background; the metric is estimated from the foreground. Once the background holds
// enough draws it becomes the foreground and a new one begins, so that draws from before the typical set are forgotten:
//
//   early   every 10 draws                     main   after 80 draws, then 120, 180, ...; not if the next would not fit
//
// The metric is renewed at each such switch, and in between every 10 transitions (dense) or at each (diagonal).
#pragma once

#include <optional>

#include "infer/nuts/trajectory.hpp"

namespace praesepe::infer::nuts {

class MetricAdaptation {
 public:
  /// `warmup`: number of transitions.
  MetricAdaptation(MetricKind kind, Eigen::Index dimension, int warmup);

  /// True in the last phase, where the metric stays.
  bool is_finished() const { return transition_ >= late_begin_; }
  /// Takes note of the next transition, which ended in `state`. Returns a metric if it is to be renewed.
  std::optional<InverseMetric> update(const Transition& transition, const State& state);

  /// All that changes.
  template <class Archive, class Self>
  static void members(Archive& archive, Self& self) {
    archive(self.transition_, self.last_renewal_, self.draws_, self.gradients_, self.stored_, self.foreground_,
            self.background_, self.main_window_);
  }

 private:
  bool switch_windows();

  MetricKind kind_;
  int early_end_, late_begin_;
  int transition_ = 0;
  int last_renewal_ = 0;
  Matrix draws_, gradients_;  // (late_begin, D); the first stored_ rows are draws
  int stored_ = 0;
  int foreground_ = 0, background_ = 0;  // first row of each window
  int main_window_;                      // draws that the background needs in the main phase
};

}  // namespace praesepe::infer::nuts
