#include "infer/threads.hpp"

#include <algorithm>
#include <atomic>
#include <ctime>
#include <system_error>
#include <thread>
#include <vector>

namespace praesepe::infer {

namespace {

thread_local double seconds_of_helpers = 0.0;

double own_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

void for_each_piece(std::size_t pieces, int threads, const std::function<void(std::size_t, int)>& work) {
  const auto workers = static_cast<int>(std::min(pieces, static_cast<std::size_t>(std::max(threads, 1))));
  if (workers <= 1) {
    for (std::size_t piece = 0; piece < pieces; ++piece) work(piece, 0);
    return;
  }
  std::atomic<std::size_t> next = 0;
  const auto work_as = [&](int worker) {
    for (std::size_t piece = next++; piece < pieces; piece = next++) work(piece, worker);
  };
  std::vector<double> seconds(static_cast<std::size_t>(workers));
  std::vector<std::jthread> helpers;
  try {
    for (int worker = 1; worker < workers; ++worker) {
      helpers.emplace_back([&, worker] {
        work_as(worker);
        seconds[static_cast<std::size_t>(worker)] = thread_seconds();
      });
    }
  } catch (const std::system_error&) {  // no more threads to be had: those that there are do all of it
  }
  work_as(0);
  helpers.clear();  // joins
  for (const double of_one : seconds) seconds_of_helpers += of_one;
}

double thread_seconds() { return own_seconds() + seconds_of_helpers; }

}  // namespace praesepe::infer
