// What handing out tasks costs.
//
// Threads: run_tasks with tasks that do nothing, and the whole way of a task with a trivial result, shard and log
// included. Ranks: a simulation on a virtual clock of one rank that hands out tasks to many, where each request takes
// it a fixed time to answer and a message some time to travel; tasks last as long as those of the globular grid do
// (log-normal, median 50 s, a third of a decade wide).
#include <benchmark/benchmark.h>

#include <cmath>
#include <queue>
#include <random>

#include "workflow/scheduler/run_tasks.hpp"
#include "workflow/store/shard.hpp"

namespace praesepe::workflow {
namespace {

std::vector<std::int64_t> numbered(std::int64_t tasks) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 0; i < tasks; ++i) numbers.push_back(i);
  return numbers;
}

void hand_out_to_threads(benchmark::State& state) {
  const scheduler::Ranks alone;
  const scheduler::Observer nobody{.finished = [](const std::string&) {}, .tick = [] {}};
  const auto tasks = numbered(2000);
  for (auto _ : state) {
    scheduler::run_tasks(
        alone, tasks, static_cast<int>(state.range(0)), [](std::int64_t) { return ""; }, nobody);
  }
  state.counters["per_task"] = benchmark::Counter(2000.0 * static_cast<double>(state.iterations()),
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(hand_out_to_threads)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

void publish_a_trivial_result(benchmark::State& state) {
  const auto folder = std::filesystem::temp_directory_path() / "praesepe-scheduler-benchmark";
  std::filesystem::create_directories(folder);
  const auto campaign = store::identify("", "nothing", "nothing", 1);
  store::TaskResult result;
  result.status = store::TaskStatus::converged;
  for (auto _ : state) {
    store::publish_shard(folder, result, campaign);
    ++result.id;
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(publish_a_trivial_result)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Wall time over the least possible: total work divided by the ranks.
double simulated_inefficiency(int ranks, int tasks, double answer, double travel) {
  std::mt19937_64 engine(1);
  std::lognormal_distribution<double> duration(std::log(50.0), 0.33 * std::log(10.0));
  using Request = std::pair<double, int>;  // when it arrives, and whose it is
  std::priority_queue<Request, std::vector<Request>, std::greater<>> requests;
  for (int rank = 0; rank < ranks; ++rank) requests.emplace(travel, rank);
  double clock = 0.0, work = 0.0, last = 0.0;
  while (tasks > 0) {
    const auto [arrival, rank] = requests.top();
    requests.pop();
    clock = std::max(clock, arrival) + answer;  // rank 0 answers one at a time
    const double length = duration(engine);
    work += length;
    const double end = clock + travel + length;
    last = std::max(last, end);
    requests.emplace(end + travel, rank);
    --tasks;
  }
  return last / (work / ranks);
}

void simulate_ranks(benchmark::State& state) {
  const int ranks = static_cast<int>(state.range(0)), tasks = static_cast<int>(state.range(1));
  // Rank 0 looks for messages every 2 ms and answers all that have come; 20 us each.
  double inefficiency = 0.0;
  for (auto _ : state) inefficiency = simulated_inefficiency(ranks, tasks, 20e-6, 3e-3);
  state.counters["efficiency"] = 1.0 / inefficiency;
}
BENCHMARK(simulate_ranks)
    ->ArgsProduct({{2, 100, 1000, 10000}, {320, 10000, 1000000}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace praesepe::workflow

BENCHMARK_MAIN();
