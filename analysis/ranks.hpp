// Ranks of the truth among the draws, for every quantity that simulation-based calibration looks at.
//
// A quantity f(theta, data) of the truth has rank r = #{draws with a smaller f} among L draws; where truths come from
// the prior and posteriors are right, r is uniform on 0 ... L whatever f is (Talts et al. 2018, arXiv:1804.06788;
// Modrak et al. 2023, Bayesian Analysis). Equal values are ordered by chance, with numbers from the task's own stream.
//
// Quantities: the sampled parameters; derived quantities; the log likelihood, which sees data that the sampler ignores
// (those that the likelihood itself ignores are seen by no rank, but by the contraction of prior_comparison.hpp); the
// log density, whose rank is the joint expected coverage of highest-density regions; "tarp", the distance to a point
// drawn from the prior (Lemos et al. 2023, ICML), parameters in units of the prior's standard deviation: the one that
// sees a prior left out; and products of neighbouring parameters, from their prior means, which see correlations that
// are wrong. What each notices, and with how many tasks: tests/analysis/power.
//
// L is the same for all tasks: as many as the worst converged task has effective draws, of 399, 199, 99, 49, 19.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/draws.hpp"
#include "analysis/prior_sample.hpp"

namespace praesepe::analysis {

enum class QuantityKind { parameter, derived, likelihood, joint, product };
const char* name_of(QuantityKind kind);

struct RankedQuantity {
  std::string name;
  QuantityKind kind;
  std::vector<std::int64_t> ranks;  ///< (T); -1 for a task without a posterior

  /// Whether the verdict on the campaign rests on it.
  bool is_in_family() const { return kind != QuantityKind::derived && kind != QuantityKind::product; }
};

/// L for the tasks of a file.
std::int64_t draws_to_keep(const workflow::store::PosteriorFile& file);

/// Collects ranks task by task.
class Ranks {
 public:
  /// `quantities` as in a file: parameters in the order of the prior, then the derived ones. `kept`: L.
  Ranks(const std::vector<workflow::store::Quantity>& quantities, std::size_t tasks, std::int64_t kept,
        const PriorSample& prior);
  Ranks(const workflow::store::PosteriorFile& file, const PriorSample& prior)
      : Ranks(file.quantities(), file.tasks().size(), draws_to_keep(file), prior) {}

  void add(const TaskDraws& draws);

  std::int64_t kept() const { return kept_; }  ///< L
  const std::vector<RankedQuantity>& quantities() const { return quantities_; }

 private:
  void rank(std::size_t quantity, const TaskDraws& draws, double truth, const Eigen::VectorXd& values);
  void add_tarp(const TaskDraws& draws);
  void add_products(const TaskDraws& draws);

  const PriorSample* prior_;
  std::int64_t kept_;
  std::vector<RankedQuantity> quantities_;
  std::size_t stored_ = 0;  ///< the first quantities are those of the file
};

/// Where draw i of L lies among S: evenly spaced.
Eigen::Index kept_draw(std::int64_t i, std::int64_t kept, Eigen::Index stored);

}  // namespace praesepe::analysis
