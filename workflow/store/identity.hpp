// Whose results a file holds: the campaign, by its text and the text's checksum.
#pragma once

#include <cstdint>
#include <string>

namespace praesepe::workflow::store {

/// Version of the layout in README.md; a reader refuses any other.
inline constexpr std::int64_t kSchemaVersion = 1;

struct CampaignIdentity {
  std::string toml;    ///< DIR/campaign.toml, with all defaults
  std::string sha256;  ///< of that text
  std::string name;
  std::string study;
  std::uint64_t seed = 0;
};

CampaignIdentity identify(std::string toml, std::string name, std::string study, std::uint64_t seed);

/// Now, UTC, ISO 8601: 2026-01-31T12:00:00Z.
std::string timestamp();

}  // namespace praesepe::workflow::store
