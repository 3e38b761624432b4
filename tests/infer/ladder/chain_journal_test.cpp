#include "infer/nuts/chain_journal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "infer/nuts/posterior_sample.hpp"
#include "tests/infer/ladder/multimodal.hpp"

namespace praesepe::infer::nuts {
namespace {

using tests::NormalMixture;

constexpr sim::random::StreamKey kKey{20230801, 3, 1};
const SamplerOptions kOptions{.warmup = 100, .draws = 100, .importance = false};
const SamplerOptions kByImportance{.warmup = 100, .draws = 1000};

std::string story(const PosteriorSample& sample) {
  std::string text = std::to_string(sample.n_log_density) + " " + sample.message + "\n";
  for (const auto& step : sample.ladder) {
    text += step.rung + ": " + step.reason + " [" + std::to_string(step.gradients) + "]\n";
  }
  return text;
}

void expect_same(const PosteriorSample& one, const PosteriorSample& other) {
  EXPECT_EQ(story(one), story(other));
  ASSERT_EQ(one.chains.size(), other.chains.size());
  for (std::size_t c = 0; c < one.chains.size(); ++c) {
    EXPECT_EQ(one.chains[c].position, other.chains[c].position);
    EXPECT_EQ(one.chains[c].lp, other.chains[c].lp);
    EXPECT_EQ(one.chains[c].n_steps, other.chains[c].n_steps);
  }
}

PosteriorSample sample(const density::LogDensity& target, ChainJournal* journal,
                       const SamplerOptions& options = kOptions) {
  return sample_posterior(target, {Vector::Ones(3), Vector::Constant(3, 5.5)}, options, {1.01, 400.0}, kKey, journal);
}

/// Keeps pieces in memory, and stops the run at every n-th question.
class StoppingJournal final : public ChainJournal {
 public:
  explicit StoppingJournal(int questions) : questions_(questions) {}

  bool is_mine(std::uint32_t) const override { return true; }
  std::optional<std::string> recall(PieceKey piece) override {
    const auto kept = pieces_.find(piece);
    return kept == pieces_.end() ? std::nullopt : std::optional(kept->second);
  }
  void keep(PieceKey piece, const std::string& bytes) override { pieces_[piece] = bytes; }
  std::string await(PieceKey) override { throw std::logic_error("alone"); }
  bool is_checkpoint_due() override { return false; }
  void keep_half_done(PieceKey piece, const std::string& bytes) override {
    pieces_[piece] = bytes;
    ++half_done;
  }
  bool must_stop() override { return ++asked_ % questions_ == 0; }

  int half_done = 0;

 private:
  std::map<PieceKey, std::string> pieces_;
  int questions_, asked_ = 0;
};

bool has_rung(const PosteriorSample& sample, const std::string& rung) {
  return std::ranges::any_of(sample.ladder, [&](const LadderStep& step) { return step.rung == rung; });
}

/// Stops the run at every seventh question, and goes on.
void expect_resumes(const density::LogDensity& target, const SamplerOptions& options) {
  const auto whole = sample(target, nullptr, options);
  EXPECT_EQ(has_rung(whole, "importance"), options.importance) << story(whole);
  StoppingJournal journal(7);
  std::optional<PosteriorSample> resumed;
  while (!resumed) {
    try {
      resumed = sample(target, &journal, options);
    } catch (const Stopped&) {
    }
  }
  EXPECT_GT(journal.half_done, 10);
  expect_same(whole, *resumed);
}

TEST(ChainJournal, ResumesAStoppedRunToTheLastBit) {
  // A Gaussian of one mode with jumps along it, and one of two modes.
  for (const double weight : {1.0 - 1e-9, 0.6}) expect_resumes(NormalMixture::pair(3, weight, 0.4, 4.0), kOptions);
}

TEST(ChainJournal, ResumesImportanceDrawsToTheLastBit) {
  const auto runs = [](const PosteriorSample& sample) {
    return std::ranges::count_if(sample.ladder, [](const LadderStep& step) { return step.rung == "importance"; });
  };
  // chains teach the proposal between the second run and the third
  ASSERT_GE(runs(sample(tests::wave(), nullptr, kByImportance)), 3);
  expect_resumes(NormalMixture::pair(3, 0.6, 0.4, 4.0), kByImportance);
  expect_resumes(tests::wave(), kByImportance);
}

/// Two or more workers that share their pieces.
struct Board {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<PieceKey, std::string> pieces;
};
class Worker final : public ChainJournal {
 public:
  Worker(Board& board, std::uint32_t index, std::uint32_t workers) : board_(board), index_(index), workers_(workers) {}

  bool is_mine(std::uint32_t chain) const override { return chain % workers_ == index_; }
  std::optional<std::string> recall(PieceKey) override { return std::nullopt; }
  void keep(PieceKey piece, const std::string& bytes) override {
    const std::lock_guard lock(board_.mutex);
    board_.pieces[piece] = bytes;
    board_.changed.notify_all();
  }
  std::string await(PieceKey piece) override {
    std::unique_lock lock(board_.mutex);
    board_.changed.wait(lock, [&] { return board_.pieces.contains(piece); });
    return board_.pieces.at(piece);
  }
  bool is_checkpoint_due() override { return false; }
  void keep_half_done(PieceKey, const std::string&) override {}
  bool must_stop() override { return false; }

 private:
  Board& board_;
  std::uint32_t index_, workers_;
};

std::vector<PosteriorSample> sample_together(const std::function<PosteriorSample(ChainJournal*)>& run,
                                             std::uint32_t workers) {
  Board board;
  std::vector<PosteriorSample> samples(workers);
  std::vector<std::jthread> threads;
  for (std::uint32_t w = 0; w < workers; ++w) {
    threads.emplace_back([&, w] {
      Worker worker(board, w, workers);
      samples[w] = run(&worker);
    });
  }
  threads.clear();
  return samples;
}

void expect_shares(const density::LogDensity& target, const SamplerOptions& options) {
  const auto alone = sample(target, nullptr, options);
  EXPECT_EQ(has_rung(alone, "importance"), options.importance) << story(alone);
  for (const std::uint32_t workers : {2u, 3u, 4u}) {
    for (const auto& shared : sample_together([&](ChainJournal* j) { return sample(target, j, options); }, workers)) {
      expect_same(alone, shared);
    }
  }
}

TEST(ChainJournal, LetsWorkersShareTheChainsOfARunToTheLastBit) {
  const auto pair = NormalMixture::pair(3, 0.6, 0.4, 4.0);
  expect_shares(pair, kOptions);
  expect_shares(pair, kByImportance);
  expect_shares(tests::wave(), kByImportance);
}

TEST(ChainJournal, PassesAFailureOnToAllWorkers) {
  // No number far out in one corner: the chains whose scattered starts lead there fail.
  const tests::FunctionDensity target(3, [](const Vector& q, Vector& gradient) {
    if (q[0] > 1.8) throw std::runtime_error("the grid ended");
    gradient = -q;
    return -0.5 * q.squaredNorm();
  });
  const auto run = [&](ChainJournal* journal) {
    return sample_posterior(target, {Vector::Zero(3)}, kOptions, {1.01, 400.0}, kKey, journal);
  };
  const auto alone = run(nullptr);
  ASSERT_EQ(alone.status, SampleStatus::failed);
  for (const auto& shared : sample_together(run, 2)) expect_same(alone, shared);
}

TEST(ChainJournal, RefusesADamagedPiece) {
  const auto target = NormalMixture::pair(3, 0.6, 0.4, 4.0);
  class Damaged final : public ChainJournal {
   public:
    bool is_mine(std::uint32_t) const override { return true; }
    std::optional<std::string> recall(PieceKey) override { return "too short"; }
    void keep(PieceKey, const std::string&) override {}
    std::string await(PieceKey) override { return {}; }
    bool is_checkpoint_due() override { return false; }
    void keep_half_done(PieceKey, const std::string&) override {}
    bool must_stop() override { return false; }
  } journal;
  const auto damaged = sample(target, &journal);
  EXPECT_EQ(damaged.status, SampleStatus::failed);
  EXPECT_NE(damaged.message.find("ends too early"), std::string::npos);
}

}  // namespace
}  // namespace praesepe::infer::nuts
