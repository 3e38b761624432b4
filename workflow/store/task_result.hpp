// Everything that one finished task leaves behind, in memory; shard.hpp writes it, gather.hpp stacks many.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "infer/diagnostics/summary.hpp"
#include "sim/astrometry/catalogue.hpp"

namespace praesepe::workflow::store {

/// Status of a task in the files. Values are part of the format.
enum class TaskStatus : std::int8_t { converged = 0, not_converged = 1, failed = 2, crashed = 3, missing = 4 };

/// A stored quantity: a sampled parameter, or one derived from the parameters.
struct Quantity {
  std::string name;
  std::string unit;
  bool derived = false;

  bool operator==(const Quantity&) const = default;
};

/// Quantities that look at the data, stored behind the derived ones: calibration tests them where tests of the
/// parameters alone see nothing (Modrak et al. 2023, Bayesian Analysis). The density is that of the sampler's
/// coordinates, which the prior makes standard normal; -infinity where the truth is impossible.
inline const Quantity kLogLikelihood{"log_likelihood", "", true}, kLogDensity{"log_density", "", true};

/// Posterior functions on the study's radius grid.
struct ProfileBands {
  std::vector<double> radius;      ///< pc
  std::vector<double> quantile;    ///< probabilities
  std::vector<std::string> names;  ///< rho, v2, mass, Sigma
  std::vector<std::string> units;
  std::vector<Eigen::MatrixXd> bands;  ///< per name (radius, quantile)
};

/// Per-star latents, drawn back for some of the stored draws.
struct Latents {
  std::vector<std::string> names;
  std::vector<std::string> units;
  std::vector<Eigen::MatrixXd> values;  ///< per name (sample, star)
};

/// Posterior probabilities that a star belongs to a component of the mixture.
struct Membership {
  std::vector<std::string> components;
  Eigen::MatrixXd p;       ///< (star, component)
  Eigen::MatrixXd p_mcse;  ///< (star, component) its Monte Carlo standard error
  Eigen::VectorXd truth;   ///< (star) the component that a simulation drew, counted from 0; empty for real data
};

struct TaskResult {
  // identity
  std::int64_t id = 0;
  std::int64_t cell = 0;
  std::int64_t replicate = 0;
  std::int64_t seed = 0;  ///< sim::random::task_seed

  // outcome
  TaskStatus status = TaskStatus::missing;
  std::string message;  ///< why, if status != 0
  std::int64_t attempts = 1;
  std::int64_t thin = 1;
  std::string ladder = "[]";  ///< JSON list of {rung, reason, gradients}
  double wall_time = 0.0;     ///< s
  double cpu_time = 0.0;      ///< s
  std::int64_t n_log_density = 0;
  std::int64_t n_stars = 0;  ///< rows of the catalogue
  std::string host;
  std::string runs = "[]";  ///< see Origin::runs; of a shard only
  std::string instruction_set;

  // numbers; for a failed task posterior, sample_stats and summary are filled with NaN, or empty
  std::vector<Quantity> quantities;                     ///< (Q) free parameters in order, derived ones, the two above
  std::vector<double> truth;                            ///< (Q), or empty for real data
  std::vector<Eigen::MatrixXd> posterior;               ///< per quantity (draw, chain)
  std::map<std::string, Eigen::MatrixXd> sample_stats;  ///< lp, acceptance_rate, diverging, tree_depth, n_steps,
                                                        ///< step_size, energy: (draw, chain)
  std::vector<infer::diagnostics::Summary> summary;     ///< (Q), from all draws, thinned or not
  std::vector<double> rank;                             ///< (Q) stored draws below the truth; NaN for real data
  ProfileBands profiles;                                ///< names empty if the study has none
  std::optional<sim::astrometry::Catalogue> catalogue;  ///< when output.catalogues; n_stars rows
  std::optional<Latents> latents;                       ///< when output.latents; n_stars stars
  std::optional<Membership> membership;                 ///< for mixtures; n_stars stars

  bool has_draws() const { return status == TaskStatus::converged || status == TaskStatus::not_converged; }
};

/// Whether two results of one task hold the same bits, but for what depends on the machine's mood: wall_time, cpu_time,
/// attempts, host.
bool same_numbers(const TaskResult& a, const TaskResult& b);

}  // namespace praesepe::workflow::store
