// The pieces of one task's chains, between the workers that run the task and for the run that comes after a stop.
//
// Workers in this process share them through memory, workers in other processes through files in the folder
// DIR/running/<task>.chains, which is also what a killed run leaves behind. A piece that needs no sharing is written
// only when the last writing was a minute ago or the run must stop: short tasks write nothing.
//
// File <step>-<chain>: a line of text with the checksum of what defines the numbers (campaign, program, instruction
// set) and of the bytes, then the bytes; <step>-<chain>.half the same for half a piece. A file with another checksum
// counts as none.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "infer/nuts/chain_journal.hpp"

namespace praesepe::workflow {

class ChainBoard {
 public:
  struct Options {
    std::filesystem::path folder;
    std::string identity;    ///< pieces of another identity are ignored
    bool is_shared = false;  ///< with other processes: pieces are written at once
    std::function<bool()> is_stop_requested;
    std::function<bool()> is_obsolete;  ///< the task's result is there already
    std::chrono::duration<double> checkpoint_interval = std::chrono::minutes(1);
  };
  explicit ChainBoard(Options options);

  std::optional<std::string> recall(infer::nuts::PieceKey piece);
  void keep(infer::nuts::PieceKey piece, const std::string& bytes);
  std::string await(infer::nuts::PieceKey piece);
  bool is_checkpoint_due();
  void keep_half_done(infer::nuts::PieceKey piece, const std::string& bytes);
  bool must_stop() const { return options_.is_stop_requested() || options_.is_obsolete(); }

 private:
  std::filesystem::path path(infer::nuts::PieceKey piece) const;
  std::optional<std::string> read(const std::filesystem::path& file) const;
  void write(const std::filesystem::path& file, const std::string& bytes);
  void write_unwritten();

  Options options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<infer::nuts::PieceKey, std::string> pieces_;
  std::vector<infer::nuts::PieceKey> unwritten_;
  std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
};

/// One of the workers at a board: it does the chains whose number mod `workers` is `index`. To each piece it adds the
/// CPU time that the piece took, so that what others and earlier attempts spent is known.
class BoardWorker final : public infer::nuts::ChainJournal {
 public:
  BoardWorker(ChainBoard& board, std::uint32_t index, std::uint32_t workers)
      : board_(board), index_(index), workers_(workers) {}

  bool is_mine(std::uint32_t chain) const override { return chain % workers_ == index_; }
  std::optional<std::string> recall(infer::nuts::PieceKey piece) override;
  void keep(infer::nuts::PieceKey piece, const std::string& bytes) override;
  std::string await(infer::nuts::PieceKey piece) override;
  bool is_checkpoint_due() override { return board_.is_checkpoint_due(); }
  void keep_half_done(infer::nuts::PieceKey piece, const std::string& bytes) override;
  bool must_stop() override { return board_.must_stop(); }

  /// CPU time of the pieces, or parts of them, that were not done by this object, s.
  double seconds_of_others() const { return seconds_of_others_; }

 private:
  /// The piece without its time, which is noted.
  std::string taken_over(std::string timed);
  std::string with_time(const std::string& bytes) const;

  ChainBoard& board_;
  std::uint32_t index_, workers_;
  double begin_ = 0.0;          ///< of the piece in hand, by thread_seconds()
  double already_spent_ = 0.0;  ///< on it
  double seconds_of_others_ = 0.0;
};

}  // namespace praesepe::workflow
