#include "infer/threads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace praesepe::infer {
namespace {

TEST(Threads, DoEveryPieceOnceAndKnowTheWorker) {
  for (const std::size_t pieces : {0U, 1U, 3U, 100U}) {
    for (const int threads : {0, 1, 2, 7}) {
      std::vector<std::atomic<int>> done(pieces);
      std::atomic<bool> known = true;
      for_each_piece(pieces, threads, [&](std::size_t piece, int worker) {
        ++done[piece];
        if (worker < 0 || worker >= std::max(threads, 1)) known = false;
      });
      for (const auto& times : done) EXPECT_EQ(times, 1);
      EXPECT_TRUE(known);
    }
  }
}

/// Spends so much CPU time.
void burn(double seconds) {
  const double end = thread_seconds() + seconds;
  while (thread_seconds() < end) {
  }
}

// Each piece waits until all four have begun, so that four threads do one each.
TEST(Threads, CountTheTimeOfThoseThatHelped) {
  constexpr int kThreads = 4;
  constexpr double kSeconds = 0.02;
  const double before = thread_seconds();
  std::atomic<int> begun = 0;
  for_each_piece(kThreads, kThreads, [&](std::size_t, int) {
    for (++begun; begun < kThreads;) std::this_thread::yield();
    burn(kSeconds);
  });
  EXPECT_GE(thread_seconds() - before, kThreads * kSeconds);
}

}  // namespace
}  // namespace praesepe::infer
