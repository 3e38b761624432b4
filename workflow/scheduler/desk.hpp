// Where the worker threads of one process fetch tasks, and where its main thread lays them down.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace praesepe::workflow::scheduler {

class Desk {
 public:
  explicit Desk(int workers) : working_(workers) {}

  // For workers.

  /// Waits for the next task; nothing once the desk is closed and empty.
  std::optional<std::int64_t> take();
  /// A task is done; `report` is one line about it.
  void hand_in(std::string report);
  /// This worker takes no more tasks; `error` is empty unless something broke that is not of the task.
  void leave(std::string error);

  // For the main thread.

  /// Returns when a worker has done something since the last call, or after `patience`; tells whether one has.
  bool wait_for_news(std::chrono::microseconds patience);

  /// Workers that wait for a task not yet laid down.
  int wanted() const;
  void lay_down(std::int64_t task);
  /// No task will follow.
  void close();
  bool all_left() const;
  bool has_errors() const;
  std::vector<std::string> collect_reports();
  std::vector<std::string> collect_errors();

 private:
  void tell();

  mutable std::mutex mutex_;
  std::condition_variable laid_down_, news_;
  bool is_news_ = false;
  std::deque<std::int64_t> tasks_;
  std::vector<std::string> reports_, errors_;
  int waiting_ = 0;
  int working_;
  bool closed_ = false;
};

}  // namespace praesepe::workflow::scheduler
