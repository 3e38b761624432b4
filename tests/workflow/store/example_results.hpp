// Results of made-up tasks, every number a formula of its place, so that a test knows what it must read back.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "workflow/store/gather.hpp"
#include "workflow/store/identity.hpp"
#include "workflow/store/task_result.hpp"

namespace praesepe::tests {

inline constexpr int kChains = 3;
inline constexpr int kDraws = 7;

/// A converged task of cell id / 10, replicate id % 10, with profiles, latents, memberships and id + 2 stars.
workflow::store::TaskResult example_result(std::int64_t id);
/// A task that failed before it drew anything; with its quantities, without numbers.
workflow::store::TaskResult failed_result(std::int64_t id);
workflow::store::CampaignIdentity example_campaign(const std::string& name = "made-up");
/// Tasks 0 ... size - 1 with the truths of example_result.
std::vector<workflow::store::PlannedTask> example_plan(std::int64_t size);

std::string bytes_of(const std::filesystem::path& path);
void write_bytes(const std::filesystem::path& path, const std::string& bytes);

/// A test with a folder of its own, empty at the start and gone at the end.
class InFolder : public testing::Test {
 protected:
  InFolder();
  ~InFolder() override;
  std::filesystem::path folder_;
};

/// Expects an InputError whose message holds all of `parts`.
template <class Call>
void expect_refusal(Call&& call, const std::vector<std::string>& parts);

}  // namespace praesepe::tests

#include "sim/error.hpp"

template <class Call>
void praesepe::tests::expect_refusal(Call&& call, const std::vector<std::string>& parts) {
  try {
    call();
    ADD_FAILURE() << "nothing was refused";
  } catch (const InputError& error) {
    for (const auto& part : parts)
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what() << "\nlacks: " << part;
  }
}
