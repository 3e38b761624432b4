#include "tests/workflow/store/example_results.hpp"

#include <unistd.h>

#include <cmath>
#include <limits>
#include <sstream>

namespace praesepe::tests {

namespace fs = std::filesystem;
using namespace workflow::store;
using Eigen::MatrixXd;

namespace {

MatrixXd filled(Eigen::Index rows, Eigen::Index cols, double offset) {
  MatrixXd matrix(rows, cols);
  for (Eigen::Index r = 0; r < rows; ++r)
    for (Eigen::Index c = 0; c < cols; ++c)
      matrix(r, c) = offset + std::sin(1.0 + static_cast<double>(r) + 10.0 * static_cast<double>(c)) / 3.0;
  return matrix;
}

void add_stars(TaskResult& result) {
  const auto stars = static_cast<std::size_t>(result.n_stars);
  auto& catalogue = result.catalogue.emplace(stars);
  std::vector<double> parallax, error;
  for (std::size_t i = 0; i < stars; ++i) {
    parallax.push_back(0.2 + 0.01 * static_cast<double>(i) + static_cast<double>(result.id));
    error.push_back(i == 0 ? std::numeric_limits<double>::quiet_NaN() : 0.1);
    catalogue.source_id.push_back(static_cast<std::int64_t>(i) + 4'611'686'018'427'387'905);
  }
  catalogue.add("parallax", "mas", parallax);
  catalogue.add("parallax_error", "mas", error);
  catalogue.origin = "simulated";
  result.latents = Latents{{"distance"}, {"kpc"}, {filled(2, result.n_stars, 4.0)}};
  result.membership = Membership{{"cluster", "field"},
                                 filled(result.n_stars, 2, 0.5),
                                 filled(result.n_stars, 2, 0.4),
                                 Eigen::VectorXd::LinSpaced(result.n_stars, 0.0, 1.0).array().round()};
}

}  // namespace

TaskResult example_result(std::int64_t id) {
  auto result = failed_result(id);
  const auto shift = static_cast<double>(id);
  result.status = id % 4 == 3 ? TaskStatus::not_converged : TaskStatus::converged;
  result.message = id % 4 == 3 ? "R-hat of \"g\" is 1.02, above 1.01" : "";
  result.thin = 1 + id % 2;
  result.ladder = R"([{"rung":"chains","reason":"start","gradients":4000}])";
  result.wall_time = 12.5 + shift;
  result.cpu_time = 50.0;
  result.n_log_density = 4000 + id;
  result.n_stars = id + 2;
  result.host = "node-ä";
  for (std::size_t q = 0; q < result.quantities.size(); ++q) {
    const double offset = shift + 100.0 * static_cast<double>(q);
    result.posterior.push_back(filled(kDraws, kChains, offset));
    result.summary.push_back({offset, 0.1, offset - 0.2, offset - 0.1, offset + 1.0 / 3.0, offset + 0.1, offset + 0.2,
                              0.01, 1500.0 + shift, 1400.0, q == 2 ? 1.5 : 1.001 + 1e-4 * shift});
    result.rank.push_back(static_cast<double>(q) + 3.0);
  }
  for (const char* name : {"lp", "acceptance_rate", "step_size", "energy", "an_extra_one"})
    result.sample_stats[name] = filled(kDraws, kChains, shift);
  result.sample_stats["diverging"] = MatrixXd::Zero(kDraws, kChains);
  result.sample_stats["diverging"](3, 1) = 1.0;
  result.sample_stats["tree_depth"] = MatrixXd::Constant(kDraws, kChains, 3.0);
  result.sample_stats["n_steps"] = MatrixXd::Constant(kDraws, kChains, 7.0);
  result.profiles = {{0.5, 1.0, 2.0, 4.0},
                     {0.025, 0.5, 0.975},
                     {"rho", "v2"},
                     {"Msun/pc3", "km2/s2"},
                     {filled(4, 3, shift), filled(4, 3, 10.0 + shift)}};
  add_stars(result);
  return result;
}

TaskResult failed_result(std::int64_t id) {
  TaskResult result;
  result.id = id;
  result.cell = id / 10;
  result.replicate = id % 10;
  result.seed = 9'000'000'000'000'000'000 + id;
  result.status = TaskStatus::failed;
  result.message = "no start has a finite density";
  result.host = "node-1";
  result.instruction_set = "x86-64";
  result.quantities = {{"phi0", "", false}, {"log10_mass", "log10(Msun)", false}, {"distance", "kpc", true}};
  result.truth = {5.0, 5.0 + static_cast<double>(id), 1.0 / 3.0};
  return result;
}

CampaignIdentity example_campaign(const std::string& name) {
  return identify("[campaign]\nname = \"" + name + "\"\nstudy = \"globular\"\n", name, "globular", 20230801);
}

std::vector<PlannedTask> example_plan(std::int64_t size) {
  std::vector<PlannedTask> plan;
  for (std::int64_t id = 0; id < size; ++id) {
    const auto result = failed_result(id);
    plan.push_back({id, result.cell, result.replicate, result.seed, result.truth});
  }
  return plan;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void write_bytes(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

InFolder::InFolder() {
  std::string pattern = (fs::temp_directory_path() / "praesepe-store-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
}

InFolder::~InFolder() { fs::remove_all(folder_); }

}  // namespace praesepe::tests
