#include "workflow/store/identity.hpp"

#include <fmt/chrono.h>

#include <utility>

#include "workflow/store/checksum.hpp"

namespace praesepe::workflow::store {

CampaignIdentity identify(std::string toml, std::string name, std::string study, std::uint64_t seed) {
  const std::string digest = store::sha256(toml);
  return {std::move(toml), digest, std::move(name), std::move(study), seed};
}

std::string timestamp() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

}  // namespace praesepe::workflow::store
