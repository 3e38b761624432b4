#include "workflow/result_folder.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <sstream>
#include <system_error>

#include "sim/error.hpp"
#include "workflow/run_task.hpp"
#include "workflow/store/durable_file.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::workflow {

namespace fs = std::filesystem;
using campaign::Campaign;

namespace {

// While shards get new numbers: the new ones, then the old ones until campaign.toml agrees with the new.
constexpr const char* kRenumbered = "shards.renumbered";
constexpr const char* kBefore = "shards.before";

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw InputError(path.string() + ": cannot be read");
  return text.str();
}

void write_text(const fs::path& path, const std::string& text) {
  store::TemporaryFile temporary(path);
  temporary.write(text);
  temporary.publish_over();
}

void check_writable(const fs::path& folder) {
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return;
  throw std::system_error(errno, std::generic_category(), folder.string());
}

void set_aside(const fs::path& folder) {
  const fs::path name = fs::weakly_canonical(folder);
  const std::string aside = fmt::format("{}.old-{:%Y%m%dT%H%M%SZ}", name.string(), fmt::gmtime(std::time(nullptr)));
  fs::rename(name, aside);
}

}  // namespace

store::CampaignIdentity identity_of(const Campaign& campaign) {
  return store::identify(resolved_toml(campaign), campaign.name, campaign.study->name(), campaign.seed);
}

std::vector<store::PlannedTask> planned_tasks(const Campaign& campaign, const std::vector<campaign::Task>& tasks) {
  std::vector<store::PlannedTask> planned;
  for (const campaign::Task& task : tasks) {
    planned.push_back({task.id, task.cell, task.replicate, static_cast<std::int64_t>(sim::random::task_seed(task.key)),
                       task_truth(campaign, task)});
  }
  return planned;
}

ResultFolder ResultFolder::open(const fs::path& path, const Campaign& campaign, bool fresh) {
  const ResultFolder folder(path);
  try {
    if (fresh && fs::exists(path)) set_aside(path);
    fs::create_directories(path);
    if (fs::exists(folder.campaign_file())) {
      folder.resume(campaign);
    } else {
      write_text(folder.campaign_file(), resolved_toml(campaign));
    }
    fs::create_directories(folder.shards());
    fs::create_directories(folder.running());
    for (const fs::path& written : {path, folder.shards(), folder.running()}) check_writable(written);
  } catch (const std::system_error& error) {
    throw InputError(
        fmt::format("{}: cannot be written: {}; expected a folder for results", path.string(), error.code().message()));
  }
  return folder;
}

bool ResultFolder::holds(const fs::path& path, const Campaign& campaign) {
  const ResultFolder folder(path);
  return fs::exists(folder.campaign_file()) && read_text(folder.campaign_file()) == resolved_toml(campaign);
}

ResultFolder ResultFolder::existing(const fs::path& path) {
  const ResultFolder folder(path);
  if (!fs::exists(folder.campaign_file())) {
    throw InputError(path.string() + ": no campaign.toml there; expected a folder that `praesepe run` has written");
  }
  return folder;
}

fs::path ResultFolder::chains(std::int64_t task) const { return running() / fmt::format("{:06}.chains", task); }

void ResultFolder::clear_leftovers(const std::vector<std::int64_t>& unfinished) const {
  store::remove_stray_temporaries(path_);
  store::remove_stray_temporaries(shards());
  std::vector<fs::path> stale;
  for (const auto& entry : fs::directory_iterator(running())) {
    const std::string name = entry.path().filename().string();
    std::int64_t task = -1;
    std::from_chars(name.data(), name.data() + name.size(), task);
    if (!std::ranges::binary_search(unfinished, task)) stale.push_back(entry.path());
  }
  for (const fs::path& path : stale) fs::remove_all(path);
}

void ResultFolder::resume(const Campaign& campaign) const {
  const std::string before = read_text(campaign_file()), now = resolved_toml(campaign);
  if (before == now) {
    fs::remove_all(path_ / kBefore);
    return;
  }
  auto differences = campaign::differing_keys(before, now);
  std::erase_if(differences, [](const std::string& key) { return key.starts_with("slurm."); });
  const bool replicates_alone = differences.size() == 1 && differences[0].starts_with("campaign.replicates ");
  const Campaign old = campaign::parse_campaign(before, campaign_file().string(), path_);
  if (differences.empty() || (replicates_alone && old.replicates < campaign.replicates)) {
    renumber_shards(old, campaign);
    write_text(campaign_file(), now);
    fs::remove_all(path_ / kBefore);
    return;
  }
  throw InputError(fmt::format(
      "{}: holds another campaign; these keys differ: {}. Choose another folder, or give --fresh to set this one aside",
      path_.string(), fmt::join(differences, ", ")));
}

/// Shards are stored under the campaign's checksum and the task's number, and both change with the replicates.
void ResultFolder::renumber_shards(const Campaign& before, const Campaign& now) const {
  undo_half_done_renumbering();
  fs::remove_all(running());  // marks of attempts go by the old numbers
  const auto old_identity = identity_of(before), identity = identity_of(now);
  fs::create_directories(path_ / kRenumbered);
  for (const fs::path& shard : store::list_shards(shards())) {
    try {
      store::TaskResult result = store::read_shard(shard, old_identity);
      result.id = result.cell * now.replicates + result.replicate;
      store::publish_shard(path_ / kRenumbered, result, identity);
    } catch (const InputError&) {
      // A damaged shard is as good as none: its task runs again.
    }
  }
  if (fs::exists(shards())) fs::rename(shards(), path_ / kBefore);
  fs::rename(path_ / kRenumbered, shards());
}

void ResultFolder::undo_half_done_renumbering() const {
  fs::remove_all(path_ / kRenumbered);
  if (!fs::exists(path_ / kBefore)) return;
  fs::remove_all(shards());
  fs::rename(path_ / kBefore, shards());
}

}  // namespace praesepe::workflow
