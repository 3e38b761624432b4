#include "workflow/scheduler/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace praesepe::workflow::scheduler {

namespace {

std::string duration_text(double seconds) {
  const auto s = static_cast<long>(seconds + 0.5);
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{}:{:02} min", s / 60, s % 60);
  return fmt::format("{}:{:02} h", s / 3600, s / 60 % 60);
}

}  // namespace

ProgressStyle progress_style(const std::string& word) {
  if (word == "never") return ProgressStyle::none;
  return word == "always" || isatty(STDERR_FILENO) != 0 ? ProgressStyle::bar : ProgressStyle::lines;
}

Progress::Progress(ProgressStyle style, std::size_t total, std::size_t done)
    : style_(style), total_(total), before_(done), done_(done) {
  if (style_ == ProgressStyle::bar) show();
}

Progress::~Progress() {
  if (style_ != ProgressStyle::bar) return;
  show();
  fmt::print(stderr, "\n");
}

void Progress::finished(bool converged) {
  ++done_;
  if (!converged) ++unconverged_;
}

void Progress::tick() {
  const auto interval = style_ == ProgressStyle::bar ? std::chrono::milliseconds(200) : std::chrono::minutes(1);
  if (style_ == ProgressStyle::none || Clock::now() - shown_ < interval) return;
  shown_ = Clock::now();
  show();
}

void Progress::show() {
  const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  std::string text = fmt::format("{}/{} tasks", done_, total_);
  if (unconverged_ > 0) text += fmt::format(", {} not converged or failed", unconverged_);
  if (done_ > before_ && done_ < total_) {
    const double each = seconds / static_cast<double>(done_ - before_);
    text += fmt::format(", about {} left", duration_text(each * static_cast<double>(total_ - done_)));
  }
  if (style_ == ProgressStyle::lines) {
    fmt::print(stderr, "{}\n", text);
    return;
  }
  constexpr std::size_t kWidth = 30;
  const std::size_t filled = total_ > 0 ? kWidth * done_ / total_ : kWidth;
  fmt::print(stderr, "\r[{:#<{}}{:.<{}}] {}\x1b[K", "", filled, "", kWidth - filled, text);
  std::fflush(stderr);
}

}  // namespace praesepe::workflow::scheduler
