#include "workflow/scheduler/desk.hpp"

#include <utility>

namespace praesepe::workflow::scheduler {

std::optional<std::int64_t> Desk::take() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  tell();
  laid_down_.wait(lock, [this] { return closed_ || !tasks_.empty(); });
  --waiting_;
  if (tasks_.empty()) return std::nullopt;
  const std::int64_t task = tasks_.front();
  tasks_.pop_front();
  return task;
}

void Desk::hand_in(std::string report) {
  const std::lock_guard lock(mutex_);
  reports_.push_back(std::move(report));
  tell();
}

void Desk::leave(std::string error) {
  const std::lock_guard lock(mutex_);
  if (!error.empty()) errors_.push_back(std::move(error));
  --working_;
  tell();
}

void Desk::tell() {
  is_news_ = true;
  news_.notify_one();
}

bool Desk::wait_for_news(std::chrono::microseconds patience) {
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, patience, [this] { return is_news_; });
  return std::exchange(is_news_, false);
}

int Desk::wanted() const {
  const std::lock_guard lock(mutex_);
  return closed_ ? 0 : waiting_ - static_cast<int>(tasks_.size());
}

void Desk::lay_down(std::int64_t task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(task);
  laid_down_.notify_one();
}

void Desk::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  laid_down_.notify_all();
}

bool Desk::all_left() const {
  const std::lock_guard lock(mutex_);
  return working_ == 0;
}

bool Desk::has_errors() const {
  const std::lock_guard lock(mutex_);
  return !errors_.empty();
}

std::vector<std::string> Desk::collect_reports() {
  const std::lock_guard lock(mutex_);
  return std::exchange(reports_, {});
}

std::vector<std::string> Desk::collect_errors() {
  const std::lock_guard lock(mutex_);
  return std::exchange(errors_, {});
}

}  // namespace praesepe::workflow::scheduler
