// Shards: the result of one task in one file, `<task, 6 digits>.h5`, there whole or not at all.
//
// A shard has the layout of the gathered file with one simulation, and ends with its own checksum. It is written under
// a temporary name and then linked to its own, so that whatever is killed, and whenever, a shard is valid or absent,
// and of two writers the first wins.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workflow/store/identity.hpp"
#include "workflow/store/task_result.hpp"

namespace praesepe::workflow::store {

enum class Publication {
  published,      ///< the shard is new
  already_there,  ///< another writer was first; it found the same numbers, or ours has no draws
  differs,        ///< another writer was first and its numbers differ: another binary or instruction set, or a bug
  replaced        ///< what was there was damaged, or had no draws where ours has
};

/// Folder/000123.h5.
std::filesystem::path shard_path(const std::filesystem::path& folder, std::int64_t task);

/// Throws InputError if a valid shard of another campaign has the place, std::system_error or hdf5::Error if the disk
/// fails.
Publication publish_shard(const std::filesystem::path& folder, const TaskResult& result,
                          const CampaignIdentity& campaign);

/// Throws InputError for a shard that is cut short, damaged or of another campaign. The checksum vouches for the
/// numbers.
void check_shard(const std::filesystem::path& path, const CampaignIdentity& campaign);
TaskResult read_shard(const std::filesystem::path& path, const CampaignIdentity& campaign);

/// What `status` wants to know about a shard. The checksum of the file is not looked at.
struct ShardHeader {
  TaskResult task;   ///< identity and outcome only, no numbers
  double max_r_hat;  ///< over the parameters that are not derived; NaN if none has one
  std::string campaign_sha256;
};
ShardHeader read_shard_header(const std::filesystem::path& path);

/// The shards of a folder, by task; empty if there is no such folder. Temporaries are not among them.
std::vector<std::filesystem::path> list_shards(const std::filesystem::path& folder);

struct Verification {
  std::size_t valid = 0;
  std::size_t temporaries_removed = 0;
  struct Damage {
    std::filesystem::path shard;
    std::string message;
  };
  std::vector<Damage> damaged;  ///< also shards of another campaign
};
/// Reads every shard in full and removes the temporaries of writers that are gone. Damaged shards are left where they
/// are.
Verification verify_shards(const std::filesystem::path& folder, const CampaignIdentity& campaign);

}  // namespace praesepe::workflow::store
