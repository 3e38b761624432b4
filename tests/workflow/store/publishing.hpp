// Processes that publish, and are killed while they do.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

#include "tests/workflow/store/example_results.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::tests {

class Publishing : public InFolder {
 protected:
  /// Runs `body` in a child that ends without running anything of this process; its exit status is `body`'s result.
  template <class Body>
  pid_t start(Body&& body) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    try {
      ::_exit(body());
    } catch (...) {
      ::_exit(99);
    }
  }
  const workflow::store::CampaignIdentity campaign_ = example_campaign();

  /// Kills a publisher `rounds` times at random moments; after each, the folder must hold valid shards alone.
  void kill_publishers(int rounds, unsigned seed) {
    std::mt19937 random(seed);
    std::int64_t published = 0;
    for (int round = 0; round < rounds; ++round) {
      const std::int64_t first = 100 * round;
      const pid_t child = start([&] {
        for (std::int64_t id = first; id < first + 100; ++id) {
          auto result = example_result(id % 10);
          result.id = id;
          workflow::store::publish_shard(folder_, result, campaign_);
        }
        return 0;
      });
      ASSERT_GT(child, 0);
      std::this_thread::sleep_for(
          std::chrono::microseconds(std::uniform_int_distribution<int>(5'000, 120'000)(random)));
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
      const auto report = workflow::store::verify_shards(folder_, campaign_);
      ASSERT_TRUE(report.damaged.empty()) << report.damaged.front().message;
      ASSERT_EQ(static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {})),
                report.valid);
      published += static_cast<std::int64_t>(report.valid);
      for (const auto& shard : workflow::store::list_shards(folder_)) std::filesystem::remove(shard);
    }
    EXPECT_GT(published, 0) << "every publisher was killed before its first shard: nothing was tested";
  }
};

}  // namespace praesepe::tests
