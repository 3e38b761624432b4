#include "sim/random/stream.hpp"

#include <Random123/threefry.h>

#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

namespace praesepe::sim::random {

namespace {

std::array<std::uint64_t, 4> threefry(const std::array<std::uint64_t, 4>& key, std::uint64_t counter) {
  const threefry4x64_key_t k{{key[0], key[1], key[2], key[3]}};
  const threefry4x64_ctr_t c{{counter, 0, 0, 0}};
  const auto out = threefry4x64(c, k);
  return {out.v[0], out.v[1], out.v[2], out.v[3]};
}

}  // namespace

Stream::Stream(StreamKey key, Purpose purpose, std::uint32_t index)
    : key_{key.seed, key.cell, key.replicate,
           static_cast<std::uint64_t>(purpose) << 32 | static_cast<std::uint64_t>(index)} {}

Stream::result_type Stream::operator()() {
  const std::uint64_t word = position_ % 4;
  if (word == 0) block_ = threefry(key_, position_ / 4);
  ++position_;
  return block_[word];
}

double Stream::uniform() {
  // The upper 53 bits, shifted by half a step: never 0, never 1.
  return (static_cast<double>((*this)() >> 11) + 0.5) * 0x1.0p-53;
}

double Stream::uniform(double low, double high) { return low + (high - low) * uniform(); }

double Stream::normal() { return -std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * uniform()); }

void Stream::seek(std::uint64_t position) {
  position_ = position;
  if (position % 4 != 0) block_ = threefry(key_, position / 4);
}

std::uint64_t task_seed(StreamKey key) { return threefry({key.seed, key.cell, key.replicate, 0}, 0)[0] >> 1; }

}  // namespace praesepe::sim::random
