#include "workflow/store/shard.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "sim/error.hpp"
#include "workflow/fault.hpp"
#include "workflow/store/checksum.hpp"
#include "workflow/store/durable_file.hpp"
#include "workflow/store/posterior_file.hpp"
#include "workflow/store/posterior_writer.hpp"

namespace praesepe::workflow::store {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kDigits = 6;

bool is_shard_name(const fs::path& path) {
  const std::string stem = path.stem().string();
  return path.extension() == ".h5" && stem.size() >= kDigits &&
         stem.find_first_not_of("0123456789") == std::string::npos;
}

/// The shard, or nothing if it is cut short or damaged; throws if it is of another campaign.
std::optional<TaskResult> read_if_intact(const fs::path& path, const CampaignIdentity& campaign) {
  try {
    check_seal(path);
  } catch (const InputError&) {
    return std::nullopt;
  }
  return read_shard(path, campaign);
}

}  // namespace

fs::path shard_path(const fs::path& folder, std::int64_t task) { return folder / fmt::format("{:06}.h5", task); }

Publication publish_shard(const fs::path& folder, const TaskResult& result, const CampaignIdentity& campaign) {
  const auto target = shard_path(folder, result.id);
  TemporaryFile temporary(target);
  PosteriorWriter writer(DimensionedFile::in_memory(temporary.path()), layout_of(result), {result.id}, campaign,
                         Origin{timestamp(), result.runs});
  writer.write(0, result);
  temporary.write(sealed(writer.image()));
  fault_point("publish");
  if (temporary.publish_first()) return Publication::published;

  const auto first = read_if_intact(target, campaign);
  if (!first || (!first->has_draws() && result.has_draws())) {
    temporary.publish_over();
    return Publication::replaced;
  }
  return !result.has_draws() || same_numbers(*first, result) ? Publication::already_there : Publication::differs;
}

namespace {

PosteriorFile open_shard(const fs::path& path, const CampaignIdentity& campaign) {
  check_seal(path);
  PosteriorFile file(path);
  if (file.campaign().sha256 != campaign.sha256)
    throw InputError(fmt::format("{}: belongs to another campaign (\"{}\", campaign_sha256 {}), not to \"{}\" ({})",
                                 path.string(), file.campaign().name, file.campaign().sha256, campaign.name,
                                 campaign.sha256));
  if (file.tasks().size() != 1)
    throw InputError(fmt::format("{}: holds {} tasks; a shard holds one", path.string(), file.tasks().size()));
  return file;
}

}  // namespace

void check_shard(const fs::path& path, const CampaignIdentity& campaign) { open_shard(path, campaign); }

TaskResult read_shard(const fs::path& path, const CampaignIdentity& campaign) {
  const PosteriorFile file = open_shard(path, campaign);
  TaskResult result = file.task_result(0);
  result.runs = file.origin().runs;
  return result;
}

ShardHeader read_shard_header(const fs::path& path) {
  const PosteriorFile file(path);
  ShardHeader header{file.tasks().at(0), std::numeric_limits<double>::quiet_NaN(), file.campaign().sha256};
  if (file.quantities().empty()) return header;
  const auto r_hat = file.summary("r_hat");
  for (Eigen::Index i = 0; i < r_hat.cols(); ++i)
    if (!file.quantities()[static_cast<std::size_t>(i)].derived)
      header.max_r_hat = std::fmax(header.max_r_hat, r_hat(0, i));
  return header;
}

std::vector<fs::path> list_shards(const fs::path& folder) {
  std::vector<fs::path> shards;
  if (!fs::is_directory(folder)) return shards;
  for (const auto& entry : fs::directory_iterator(folder))
    if (is_shard_name(entry.path())) shards.push_back(entry.path());
  std::sort(shards.begin(), shards.end(), [](const fs::path& a, const fs::path& b) {
    return std::pair(a.stem().string().size(), a.stem()) < std::pair(b.stem().string().size(), b.stem());
  });
  return shards;
}

Verification verify_shards(const fs::path& folder, const CampaignIdentity& campaign) {
  Verification report;
  if (fs::is_directory(folder)) report.temporaries_removed = remove_stray_temporaries(folder);
  for (const auto& shard : list_shards(folder)) {
    try {
      const auto result = read_shard(shard, campaign);
      if (shard_path(folder, result.id) != shard)
        throw InputError(fmt::format("{}: holds task {}, not the one of its name", shard.string(), result.id));
      ++report.valid;
    } catch (const InputError& error) {
      report.damaged.push_back({shard, error.what()});
    }
  }
  return report;
}

}  // namespace praesepe::workflow::store
