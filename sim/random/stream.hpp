// Counter-based random streams: the same numbers for any number of ranks, threads, restarts and any order.
//
// A stream is a Threefry-4x64 generator (Salmon et al. 2011) whose key is (seed, cell, replicate, purpose + index).
// The n-th block of a stream depends on nothing but its key and n, so a stream can also be resumed at any position.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

namespace praesepe::sim::random {

/// What a stream is used for. Values are part of the file format: never renumber, only append.
enum class Purpose : std::uint32_t {
  truth = 1,        ///< true parameters drawn from the prior (design = "prior")
  latents = 2,      ///< true positions, velocities, labels of the stars
  noise = 3,        ///< measurement errors
  starts = 4,       ///< starting points of the mode search; index = start
  chain = 5,        ///< transitions of one chain; index = chain
  evidence = 6,     ///< importance sampling of the evidence; index = mode
  profiles = 7,     ///< choice of draws for posterior functions
  calibration = 8,  ///< ties of ranks and the like; index = quantity
  /// latents drawn for a stored draw; index = sample
  star_latents = 9
};

struct StreamKey {
  std::uint64_t seed = 0;       ///< seed of the campaign
  std::uint64_t cell = 0;       ///< cell of the grid
  std::uint64_t replicate = 0;  ///< realisation within the cell
};

/// One stream of random numbers. Satisfies std::uniform_random_bit_generator. Copying copies the position.
class Stream {
 public:
  using result_type = std::uint64_t;

  Stream(StreamKey key, Purpose purpose, std::uint32_t index = 0);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()();

  /// Uniform in the open interval (0, 1), 53 bits.
  double uniform();
  /// Uniform in (low, high).
  double uniform(double low, double high);
  /// Standard normal, by inversion of the distribution function: one uniform a number.
  double normal();

  /// Number of 64-bit words drawn so far; `seek(position())` on a stream of the same key continues it exactly.
  std::uint64_t position() const { return position_; }
  void seek(std::uint64_t position);

 private:
  std::array<std::uint64_t, 4> key_;
  std::array<std::uint64_t, 4> block_{};
  std::uint64_t position_ = 0;
};

/// A reproducible 63-bit number that names a task's streams in tables: depends on the key only.
std::uint64_t task_seed(StreamKey key);

}  // namespace praesepe::sim::random
