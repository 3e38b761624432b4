// The modes that are known of a posterior, and how much of it each holds.
//
//   Laplace evidence of each  ->  by importance sampling where the gap to the best is small enough to matter
//
// Which modes hold chains follows from the gaps: more than 10 nats below the best is negligible.
#pragma once

#include <string>
#include <vector>

#include "infer/nuts/importance.hpp"
#include "infer/nuts/modes.hpp"

namespace praesepe::infer::nuts {

/// A mode whose evidence is lower than the best by more than this many nats is recorded, but holds no chain.
constexpr double kNegligibleEvidence = 10.0;

/// Importance samples of one run: each has its own random stream, numbered in the order taken.
class EvidenceSampler {
 public:
  /// Keeps a reference to `target`.
  EvidenceSampler(const density::LogDensity& target, sim::random::StreamKey key) : target_(&target), key_(key) {}
  /// As many draws as the components of the mixture need: 200 + 10 D each.
  ImportanceSample operator()(const Proposal& proposal);

 private:
  const density::LogDensity* target_;
  sim::random::StreamKey key_;
  std::uint32_t taken_ = 0;
};

class WeighedModes {
 public:
  /// Climbs from every start (find_modes). Throws TaskFailure if none lies inside the support.
  WeighedModes(const density::LogDensity& target, const std::vector<Vector>& starts);

  /// Climbs on from a point; the index of the mode, which may be new (climb).
  std::optional<std::size_t> climb_from(const density::LogDensity& target, const Vector& start);
  /// Refines the evidence of the modes within 25 nats of the best, and of the two best in any case; what was found, in
  /// words. Empty if there is but one mode.
  std::string weigh(EvidenceSampler& sampler);

  std::size_t size() const { return search_.modes.size(); }
  const Mode& best() const { return search_.modes[by_evidence().front()]; }
  /// Indices and modes that are not negligible, the most probable first.
  std::vector<std::size_t> with_mass() const { return within(kNegligibleEvidence, 1); }
  std::vector<Mode> modes_with_mass() const { return select(with_mass()); }
  /// Heights, Laplace evidences and notes of the search, in words.
  std::string text() const;

 private:
  std::vector<std::size_t> by_evidence() const;
  /// Indices of the modes within so many nats of the best, the most probable first; the first few in any case.
  std::vector<std::size_t> within(double nats, std::size_t at_least) const;
  std::vector<Mode> select(const std::vector<std::size_t>& indices) const;

  ModeSearch search_;
  std::size_t starts_;
};

}  // namespace praesepe::infer::nuts
