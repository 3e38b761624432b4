// Reads a gathered file or a shard, one task at a time.
//
// Throws InputError, naming the file, when it is no HDF5 file, is cut short, is not ours, has another schema version,
// or lacks a group that is asked for. One object serves one thread.
#pragma once

#include <Eigen/Core>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/store/identity.hpp"
#include "workflow/store/provenance.hpp"
#include "workflow/store/task_fields.hpp"

namespace praesepe::workflow::store {

class PosteriorFile {
 public:
  explicit PosteriorFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const CampaignIdentity& campaign() const { return campaign_; }
  const Origin& origin() const { return origin_; }
  const std::string& praesepe_version() const { return version_; }

  const Layout& layout() const { return layout_; }
  const std::vector<Quantity>& quantities() const { return layout_.quantities; }
  /// Index of a quantity; throws InputError naming those there are.
  std::size_t quantity(std::string_view name) const;

  /// One entry a row of the file, ascending ids; identity and outcome only, no numbers.
  const std::vector<TaskResult>& tasks() const { return tasks_; }
  /// The row of a task; throws InputError naming the ids there are.
  std::size_t row_of(std::int64_t task_id) const;

  bool has_truth() const { return layout_.has_truth; }
  Eigen::MatrixXd truth() const;  ///< (simulation, quantity); NaN for real data
  /// A column of /summary by name, or "rank": (simulation, quantity).
  Eigen::MatrixXd summary(const std::string& column) const;
  Eigen::MatrixXd posterior(std::size_t row, std::size_t quantity) const;            ///< (draw, chain)
  Eigen::MatrixXd sample_statistic(std::size_t row, const std::string& name) const;  ///< (draw, chain)
  Eigen::MatrixXd profile(std::size_t row, const std::string& name) const;           ///< (radius, quantile)
  /// Of the task's stars; nothing if the model is no mixture.
  std::optional<Membership> membership(std::size_t row) const;

  /// Everything about one task.
  TaskResult task_result(std::size_t row) const;

  /// The open file, for what has no member here (tables.hpp).
  const DimensionedFile& file() const { return file_; }

 private:
  void need(const std::string& group) const;
  /// Fills in the variables of these groups.
  template <class Predicate>
  void unpack(std::size_t row, TaskResult& result, Predicate&& chosen) const;
  void read_campaign();
  void read_layout();
  void read_tasks();

  std::filesystem::path path_;
  DimensionedFile file_;
  CampaignIdentity campaign_;
  Origin origin_;
  std::string version_;
  Layout layout_;
  std::vector<TaskResult> tasks_;
};

}  // namespace praesepe::workflow::store
