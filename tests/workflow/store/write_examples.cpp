// Writes a gathered file, a shard, an extracted task and the summary as CSV into a folder, for read_examples.py.
#include <filesystem>
#include <fstream>

#include "tests/workflow/store/example_results.hpp"
#include "workflow/store/extract.hpp"
#include "workflow/store/shard.hpp"
#include "workflow/store/summary_table.hpp"
#include "workflow/store/tables.hpp"

using namespace praesepe::tests;
using namespace praesepe::workflow::store;

int main(int, char** arguments) {
  const std::filesystem::path folder = arguments[1];
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "shards");
  const auto campaign = example_campaign();
  for (const std::int64_t id : {0, 1, 3}) publish_shard(folder / "shards", example_result(id), campaign);
  publish_shard(folder / "shards", failed_result(2), campaign);
  const auto gathered = folder / "posteriors.h5";
  gather(campaign, example_plan(5), {folder}, gathered, true);
  write_tables(gathered, "/calibration",
               {{"coverage",
                 {{"parameter", std::vector<std::string>{"phi0", "log10_mass"}},
                  {"level", std::vector<double>{0.5, 0.95}},
                  {"hits", std::vector<std::int64_t>{160, 304}}}}});
  const PosteriorFile file(gathered);
  extract(file, 1, folder / "task1.nc");
  std::ofstream(folder / "summary.csv") << summary_csv(file);
  return 0;
}
