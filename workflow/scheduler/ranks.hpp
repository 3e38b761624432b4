// The processes that work on a campaign together: one alone, or the ranks of an MPI program. A small value.
//
// They exchange short texts and nothing else: results go to disk. Who waits for a message sleeps in between, because a
// blocking MPI call would burn the core that another process computes on.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace praesepe::workflow::scheduler {

struct Message {
  int from;
  std::string text;
};

class Ranks {
 public:
  /// One process alone; needs no MPI.
  Ranks();
  /// Initialises MPI; the last copy finalises it, once all ranks have come so far. Only the thread that called it may
  /// send and poll.
  static Ranks of_mpi();
  /// Whether a launcher such as mpirun or srun started this process as one of several ranks.
  static bool launched_by_mpi();

  int rank() const { return rank_; }
  int size() const { return size_; }
  bool is_first() const { return rank_ == 0; }
  /// Of this process: one for each core, or one beside other ranks, of which as many as cores are started.
  int default_threads() const;

  void send(int to, const std::string& text) const;
  /// The next message, if one has come.
  std::optional<Message> poll() const;
  /// The next message, once it has come; there must be other ranks.
  Message wait() const;

  /// Ends all ranks at once with this status: the way out of an error that the others cannot know of. Returns if alone.
  void abort(int status) const;

  /// The text of rank 0, on all ranks.
  std::string share(const std::string& text) const;

 private:
  class Session;
  std::shared_ptr<const Session> session_;
  int rank_ = 0;
  int size_ = 1;
};

}  // namespace praesepe::workflow::scheduler
