// How far a run is: a bar that renews itself on a terminal, one line a minute elsewhere. On stderr.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace praesepe::workflow::scheduler {

enum class ProgressStyle { none, lines, bar };

/// "auto", "always" or "never"; `auto` is a bar on a terminal and lines elsewhere.
ProgressStyle progress_style(const std::string& word);

class Progress {
 public:
  /// `done` of `total` tasks were finished before this run.
  Progress(ProgressStyle style, std::size_t total, std::size_t done);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void finished(bool converged);
  /// Shows the state if it is time to.
  void tick();

 private:
  using Clock = std::chrono::steady_clock;
  void show();

  ProgressStyle style_;
  std::size_t total_, before_, done_, unconverged_ = 0;
  Clock::time_point begin_ = Clock::now(), shown_ = begin_;
};

}  // namespace praesepe::workflow::scheduler
