#include "workflow/scheduler/run_tasks.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <thread>

#include "workflow/scheduler/desk.hpp"
#include "workflow/scheduler/stop_signal.hpp"

namespace praesepe::workflow::scheduler {

namespace {

const std::string kNext = "next", kReport = "report ", kDone = "done ", kNone = "none";

/// How long the main thread sleeps between looks for messages: shortly while some come, so that nobody waits for an
/// answer, and at most 2 ms, so that an idle rank does not burn its core. News of its own workers wake it at once.
class Patience {
 public:
  void be_short() { span_ = kShortest; }
  void wait_at(Desk& desk) { span_ = desk.wait_for_news(span_) ? kShortest : std::min(2 * span_, kLongest); }

 private:
  static constexpr std::chrono::microseconds kShortest{20}, kLongest{2000};
  std::chrono::microseconds span_ = kShortest;
};

void take_tasks(Desk& desk, const Work& work) {
  std::string error;
  try {
    while (const auto task = desk.take()) desk.hand_in(work(*task));
  } catch (const std::exception& e) {
    error = e.what();
  }
  desk.leave(error);
}

/// Rank 0: hands out tasks to its own desk and to the other ranks until all have left.
Outcome hand_out(const Ranks& ranks, std::deque<std::int64_t> tasks, Desk& desk, const Observer& observer) {
  Outcome outcome;
  Patience patience;
  int others = ranks.size() - 1;
  const auto stop = [&] {
    outcome.left.insert(outcome.left.end(), tasks.begin(), tasks.end());
    tasks.clear();
  };
  const auto next = [&tasks] {
    const std::int64_t task = tasks.front();
    tasks.pop_front();
    return task;
  };
  while (others > 0 || !desk.all_left()) {
    if (stop_requested() || desk.has_errors() || !outcome.errors.empty()) stop();
    for (int wanted = desk.wanted(); wanted > 0; --wanted) tasks.empty() ? desk.close() : desk.lay_down(next());
    while (const auto message = ranks.poll()) {
      patience.be_short();
      const std::string& text = message->text;
      if (text == kNext) {
        ranks.send(message->from, tasks.empty() ? kNone : std::to_string(next()));
      } else if (text.starts_with(kReport)) {
        observer.finished(text.substr(kReport.size()));
      } else if (text.starts_with(kDone)) {
        --others;
        if (text.size() > kDone.size()) outcome.errors.push_back(text.substr(kDone.size()));
      }
    }
    for (const std::string& report : desk.collect_reports()) observer.finished(report);
    observer.tick();
    patience.wait_at(desk);
  }
  for (const std::string& report : desk.collect_reports()) observer.finished(report);
  for (std::string& error : desk.collect_errors()) outcome.errors.push_back(std::move(error));
  return outcome;
}

/// Another rank: fetches tasks for its desk until there are none.
void fetch(const Ranks& ranks, Desk& desk) {
  Patience patience;
  bool asked = false;
  const auto send_reports = [&] {
    for (const std::string& report : desk.collect_reports()) ranks.send(0, kReport + report);
  };
  while (!desk.all_left()) {
    send_reports();
    if (!asked && (stop_requested() || desk.has_errors())) desk.close();
    if (!asked && desk.wanted() > 0) {
      ranks.send(0, kNext);
      patience.be_short();
      asked = true;
    }
    if (const auto message = asked ? ranks.poll() : std::nullopt) {
      asked = false;
      message->text == kNone ? desk.close() : desk.lay_down(std::stoll(message->text));
    }
    patience.wait_at(desk);
  }
  send_reports();
  const auto errors = desk.collect_errors();
  ranks.send(0, kDone + (errors.empty() ? "" : errors.front()));
}

}  // namespace

Outcome run_tasks(const Ranks& ranks, std::vector<std::int64_t> tasks, int threads, const Work& work,
                  const Observer& observer) {
  Desk desk(threads);
  std::vector<std::jthread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back([&desk, &work] { take_tasks(desk, work); });
  try {
    if (ranks.is_first()) return hand_out(ranks, {tasks.begin(), tasks.end()}, desk, observer);
    fetch(ranks, desk);
    return {};
  } catch (...) {
    desk.close();  // the workers are waited for on the way out
    throw;
  }
}

}  // namespace praesepe::workflow::scheduler
