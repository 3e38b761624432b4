#include "workflow/chain_board.hpp"

#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <sstream>

#include "infer/threads.hpp"
#include "sim/error.hpp"
#include "workflow/store/checksum.hpp"
#include "workflow/store/durable_file.hpp"

namespace praesepe::workflow {

using infer::thread_seconds;
using infer::nuts::PieceKey;

namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(20);

std::filesystem::path half(const std::filesystem::path& file) { return file.string() + ".half"; }

}  // namespace

ChainBoard::ChainBoard(Options options) : options_(std::move(options)) {}

std::filesystem::path ChainBoard::path(PieceKey piece) const {
  return options_.folder / fmt::format("{}-{}", piece.step, piece.chain);
}

std::optional<std::string> ChainBoard::read(const std::filesystem::path& file) const {
  std::ifstream in(file, std::ios::binary);
  std::string checksum;
  if (!std::getline(in, checksum)) return std::nullopt;
  std::ostringstream rest;
  rest << in.rdbuf();
  std::string bytes = std::move(rest).str();
  if (checksum != store::sha256(options_.identity + bytes)) return std::nullopt;
  return bytes;
}

void ChainBoard::write(const std::filesystem::path& file, const std::string& bytes) {
  try {
    std::filesystem::create_directories(options_.folder);
    store::TemporaryFile temporary(file);
    temporary.write(store::sha256(options_.identity + bytes) + '\n' + bytes);
    temporary.publish_over();
  } catch (const std::system_error& error) {
    throw infer::nuts::Interruption(error.what());
  }
  written_ = std::chrono::steady_clock::now();
}

void ChainBoard::write_unwritten() {
  for (const PieceKey piece : unwritten_) write(path(piece), pieces_.at(piece));
  unwritten_.clear();
}

std::optional<std::string> ChainBoard::recall(PieceKey piece) {
  const std::lock_guard lock(mutex_);
  auto whole = read(path(piece));
  if (!whole) return read(half(path(piece)));
  pieces_[piece] = *whole;  // the other workers wait for it
  changed_.notify_all();
  return whole;
}

void ChainBoard::keep(PieceKey piece, const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  pieces_[piece] = bytes;
  unwritten_.push_back(piece);
  if (options_.is_shared) write_unwritten();
  changed_.notify_all();
}

std::string ChainBoard::await(PieceKey piece) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (const auto kept = pieces_.find(piece); kept != pieces_.end()) return kept->second;
    if (options_.is_shared) {
      if (auto bytes = read(path(piece))) return *bytes;
    }
    if (must_stop()) throw infer::nuts::Stopped();
    changed_.wait_for(lock, kLookAgain);
  }
}

bool ChainBoard::is_checkpoint_due() {
  const std::lock_guard lock(mutex_);
  return std::chrono::steady_clock::now() - written_ > options_.checkpoint_interval;
}

void ChainBoard::keep_half_done(PieceKey piece, const std::string& bytes) {
  if (options_.is_obsolete()) return;
  const std::lock_guard lock(mutex_);
  write_unwritten();
  write(half(path(piece)), bytes);
}

std::string BoardWorker::taken_over(std::string timed) {
  if (timed.size() < sizeof already_spent_) throw InternalError("a piece of a chain without its time");
  std::memcpy(&already_spent_, timed.data(), sizeof already_spent_);
  seconds_of_others_ += already_spent_;
  return timed.substr(sizeof already_spent_);
}

std::string BoardWorker::with_time(const std::string& bytes) const {
  const double seconds = already_spent_ + thread_seconds() - begin_;
  std::string timed(sizeof seconds, '\0');
  std::memcpy(timed.data(), &seconds, sizeof seconds);
  return timed + bytes;
}

std::optional<std::string> BoardWorker::recall(PieceKey piece) {
  begin_ = thread_seconds();
  already_spent_ = 0.0;
  auto timed = board_.recall(piece);
  if (!timed) return std::nullopt;
  return taken_over(*std::move(timed));
}

void BoardWorker::keep(PieceKey piece, const std::string& bytes) { board_.keep(piece, with_time(bytes)); }

std::string BoardWorker::await(PieceKey piece) { return taken_over(board_.await(piece)); }

void BoardWorker::keep_half_done(PieceKey piece, const std::string& bytes) {
  board_.keep_half_done(piece, with_time(bytes));
}

}  // namespace praesepe::workflow
