#include "tests/workflow/store/publishing.hpp"

namespace praesepe::tests {

using namespace workflow::store;

TEST_F(Publishing, TwoProcessesAtOnceBothSucceedAndOneWins) {
  for (std::int64_t id = 0; id < 10; ++id) {
    std::vector<pid_t> children;
    for (int writer = 0; writer < 2; ++writer)
      children.push_back(
          start([&] { return static_cast<int>(publish_shard(folder_, example_result(id), campaign_)); }));
    int winners = 0;
    for (const pid_t child : children) {
      int status = 0;
      ::waitpid(child, &status, 0);
      ASSERT_TRUE(WIFEXITED(status));
      const auto outcome = static_cast<Publication>(WEXITSTATUS(status));
      EXPECT_TRUE(outcome == Publication::published || outcome == Publication::already_there);
      winners += outcome == Publication::published;
    }
    EXPECT_EQ(winners, 1);
  }
  EXPECT_EQ(verify_shards(folder_, campaign_).valid, 10U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 10);
}

TEST_F(Publishing, SurvivesKills) { kill_publishers(10, 1); }

}  // namespace praesepe::tests
