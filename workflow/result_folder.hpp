// The folder of one campaign: campaign.toml, shards/, running/, posteriors.h5, log.jsonl. It survives being killed at
// any moment.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workflow/campaign/plan.hpp"
#include "workflow/store/gather.hpp"
#include "workflow/store/identity.hpp"

namespace praesepe::workflow {

/// Name and checksum under which results of this campaign are stored.
store::CampaignIdentity identity_of(const campaign::Campaign& campaign);
/// The tasks as the store wants to know them.
std::vector<store::PlannedTask> planned_tasks(const campaign::Campaign& campaign,
                                              const std::vector<campaign::Task>& tasks);

class ResultFolder {
 public:
  /// Makes the folder if need be and writes campaign.toml. A folder that holds the same campaign is resumed, also one
  /// with fewer replicates, whose shards are renumbered. Throws InputError if it holds another one, with the keys that
  /// differ, or cannot be written to. With `fresh`, what is there is renamed first.
  static ResultFolder open(const std::filesystem::path& folder, const campaign::Campaign& campaign, bool fresh);
  /// Whether the folder holds exactly this campaign.
  static bool holds(const std::filesystem::path& folder, const campaign::Campaign& campaign);
  /// A folder that somebody else fills. Throws InputError if it holds no campaign.
  static ResultFolder existing(const std::filesystem::path& folder);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path shards() const { return path_ / "shards"; }
  std::filesystem::path running() const { return path_ / "running"; }
  /// What the chains of a task under way have done so far.
  std::filesystem::path chains(std::int64_t task) const;
  /// Removes the temporaries of writers that are gone, and what is left in `running` of tasks that need not run any
  /// more.
  void clear_leftovers(const std::vector<std::int64_t>& unfinished) const;
  std::filesystem::path campaign_file() const { return path_ / "campaign.toml"; }
  std::filesystem::path posteriors() const { return path_ / "posteriors.h5"; }

 private:
  explicit ResultFolder(std::filesystem::path path) : path_(std::move(path)) {}
  void resume(const campaign::Campaign& campaign) const;
  void renumber_shards(const campaign::Campaign& before, const campaign::Campaign& now) const;
  void undo_half_done_renumbering() const;

  std::filesystem::path path_;
};

}  // namespace praesepe::workflow
