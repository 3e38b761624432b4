// What the chains of a run have done so far, kept outside the run: so that it can be stopped and resumed, or be shared
// by several workers that each run the same ladder and do a part of its chains.
//
// The work on chains is cut into steps, numbered in the order in which the ladder asks for them (warm-up, pilot, draws,
// continuation, ...). A piece is one chain's part of a step: its draws and the state in which it ends. Everything else
// that a ladder does follows from the pieces, the target and the key, so a ladder that finds all pieces again repeats
// the run to the last bit.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace praesepe::infer::nuts {

struct PieceKey {
  std::uint32_t step;
  std::uint32_t chain;
  auto operator<=>(const PieceKey&) const = default;
};

/// Members throw Interruption, and nothing else, where they cannot do what is asked.
class ChainJournal {
 public:
  virtual ~ChainJournal() = default;

  /// False if another worker does this chain.
  virtual bool is_mine(std::uint32_t chain) const = 0;
  /// What was kept last of a piece of mine, if anything; it may be half done.
  virtual std::optional<std::string> recall(PieceKey piece) = 0;
  /// A piece that is done.
  virtual void keep(PieceKey piece, const std::string& bytes) = 0;
  /// Waits for a piece of another worker. Throws Stopped if that worker has been stopped.
  virtual std::string await(PieceKey piece) = 0;

  /// Asked every tenth of a second or so, but not within a transition: whether to keep the half-done piece.
  virtual bool is_checkpoint_due() = 0;
  virtual void keep_half_done(PieceKey piece, const std::string& bytes) = 0;
  /// Whether to keep the half-done piece and to give up the run for now.
  virtual bool must_stop() = 0;
};

/// Why a run was given up for reasons that are not the target's: nothing is said about it, and it may be taken up
/// again.
class Interruption : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// On request; what was done is in the journal.
class Stopped : public Interruption {
 public:
  Stopped() : Interruption("stopped on request") {}
};

}  // namespace praesepe::infer::nuts
