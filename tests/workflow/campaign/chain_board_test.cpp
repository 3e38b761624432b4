#include "workflow/chain_board.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <thread>

#include "infer/threads.hpp"
#include "tests/support/temporary_folder.hpp"

namespace praesepe::workflow {
namespace {

using infer::thread_seconds;
using infer::nuts::PieceKey;

class ChainBoardTest : public testing::Test {
 protected:
  ChainBoard::Options options(bool is_shared = false, std::string identity = "campaign and program") {
    return {.folder = folder_.path() / "000007.chains",
            .identity = std::move(identity),
            .is_shared = is_shared,
            .is_stop_requested = [this] { return stop_.load(); },
            .is_obsolete = [this] { return obsolete_.load(); },
            .checkpoint_interval = std::chrono::seconds(3600)};
  }

  tests::TemporaryFolder folder_;
  std::atomic<bool> stop_ = false, obsolete_ = false;
};

const std::string kBytes("state\0draws\n", 12);

TEST_F(ChainBoardTest, WritesNothingForATaskThatEndsBeforeTheFirstCheckpoint) {
  ChainBoard board(options());
  board.keep({0, 1}, kBytes);
  EXPECT_FALSE(board.is_checkpoint_due());
  EXPECT_FALSE(std::filesystem::exists(options().folder));
}

TEST_F(ChainBoardTest, GivesTheNextRunWhatACheckpointKept) {
  {
    ChainBoard board(options());
    board.keep({0, 1}, kBytes);
    board.keep_half_done({1, 1}, "half of it");
  }
  ChainBoard next(options());
  EXPECT_EQ(next.recall({0, 1}), kBytes);
  EXPECT_EQ(next.recall({1, 1}), "half of it");
  EXPECT_EQ(next.recall({1, 2}), std::nullopt);
}

TEST_F(ChainBoardTest, PrefersAWholePieceToHalfOfIt) {
  ChainBoard board(options());
  board.keep_half_done({1, 1}, "half of it");
  board.keep({1, 1}, kBytes);
  board.keep_half_done({2, 1}, "the next");
  EXPECT_EQ(ChainBoard(options()).recall({1, 1}), kBytes);
}

TEST_F(ChainBoardTest, AsksForACheckpointAfterTheInterval) {
  auto hasty = options();
  hasty.checkpoint_interval = std::chrono::seconds(0);
  EXPECT_TRUE(ChainBoard(hasty).is_checkpoint_due());
}

TEST_F(ChainBoardTest, TakesPiecesOfAnotherProgramAndDamagedOnesForNone) {
  {
    ChainBoard board(options());
    board.keep_half_done({0, 0}, kBytes);
    board.keep_half_done({0, 1}, kBytes);
  }
  EXPECT_EQ(ChainBoard(options(false, "another")).recall({0, 0}), std::nullopt);
  std::filesystem::resize_file(options().folder / "0-1.half", 70);
  ChainBoard next(options());
  EXPECT_EQ(next.recall({0, 0}), kBytes);
  EXPECT_EQ(next.recall({0, 1}), std::nullopt);
}

TEST_F(ChainBoardTest, PassesPiecesBetweenThreads) {
  ChainBoard board(options());
  std::jthread other([&] { board.keep({3, 2}, kBytes); });
  EXPECT_EQ(board.await({3, 2}), kBytes);
}

TEST_F(ChainBoardTest, PassesOnWhatOneThreadHasRecalled) {
  {
    ChainBoard board(options());
    board.keep({3, 2}, kBytes);
    board.keep_half_done({4, 2}, "half of it");
  }
  ChainBoard board(options());
  std::jthread other([&] { board.recall({3, 2}); });
  EXPECT_EQ(board.await({3, 2}), kBytes);
}

TEST_F(ChainBoardTest, WritesNoMoreOnceTheResultIsThere) {
  ChainBoard board(options());
  obsolete_ = true;
  EXPECT_TRUE(board.must_stop());
  board.keep_half_done({4, 2}, "half of it");
  EXPECT_FALSE(std::filesystem::exists(options().folder));
}

TEST_F(ChainBoardTest, PassesPiecesBetweenProcesses) {
  ChainBoard here(options(true)), there(options(true));
  std::jthread other([&] { there.keep({3, 2}, kBytes); });
  EXPECT_EQ(here.await({3, 2}), kBytes);
}

TEST_F(ChainBoardTest, DoesNotWaitForAWorkerThatHasStopped) {
  ChainBoard board(options(true));
  stop_ = true;
  EXPECT_THROW(board.await({3, 2}), infer::nuts::Stopped);
}

TEST_F(ChainBoardTest, InterruptsTheRunWhereAPieceCannotBeWritten) {
  std::ofstream(options().folder) << "a file in the folder's place";
  ChainBoard board(options());
  EXPECT_THROW(board.keep_half_done({0, 0}, kBytes), infer::nuts::Interruption);
}

double seconds_by(const std::function<void()>& work) {
  const double begin = thread_seconds();
  work();
  return thread_seconds() - begin;
}

void burn(double seconds) {
  const double begin = thread_seconds();
  while (thread_seconds() - begin < seconds) {
  }
}

TEST_F(ChainBoardTest, CountsTheTimeThatOthersAndEarlierAttemptsSpent) {
  constexpr double kSpent = 0.02;
  double first = 0.0, second = 0.0;
  {
    ChainBoard board(options());
    BoardWorker worker(board, 0, 1);
    EXPECT_EQ(worker.recall({0, 0}), std::nullopt);
    first = seconds_by([&] {
      burn(kSpent);
      worker.keep_half_done({0, 0}, "half of it");
    });
    EXPECT_EQ(worker.seconds_of_others(), 0.0);
  }
  ChainBoard board(options());
  BoardWorker resumed(board, 0, 1), waiting(board, 1, 2);
  second = seconds_by([&] {
    EXPECT_EQ(resumed.recall({0, 0}), "half of it");
    burn(kSpent);
    resumed.keep({0, 0}, kBytes);
  });
  EXPECT_GE(resumed.seconds_of_others(), kSpent);
  EXPECT_LE(resumed.seconds_of_others(), first);
  EXPECT_EQ(waiting.await({0, 0}), kBytes);
  EXPECT_GE(waiting.seconds_of_others(), 2.0 * kSpent);
  EXPECT_LE(waiting.seconds_of_others(), first + second);
}

}  // namespace
}  // namespace praesepe::workflow
