#include "workflow/store/provenance.hpp"

#include <fmt/core.h>

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <boost/version.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "infer/instruction_set.hpp"
#include "workflow/store/durable_file.hpp"

namespace praesepe::workflow::store {

const Facts& build_facts() {
  static const Facts facts{
      {"praesepe_version", PRAESEPE_VERSION},
      {"revision", PRAESEPE_REVISION},
      {"compiler", PRAESEPE_COMPILER},
      {"flags", PRAESEPE_FLAGS},
      {"instruction_set", std::string(infer::name_of(infer::instruction_set()))},
      {"eigen", fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
      {"boost", BOOST_LIB_VERSION},
      {"hdf5", PRAESEPE_HDF5},
      {"mpi_standard", PRAESEPE_MPI_STANDARD}};
  return facts;
}

std::string build_identity() {
  std::string text;
  for (const auto& [name, value] : build_facts()) text += name + "=" + value + "\n";
  return text;
}

Facts run_facts() {
  Facts facts{{"host", host_name()}};
  for (const char* name : std::array{"SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_RESTART_COUNT",
                                     "SLURM_CLUSTER_NAME"}) {
    if (const char* value = std::getenv(name)) facts.emplace_back(name, value);
  }
  return facts;
}

Origin unite(const Origin& a, const Origin& b) {
  std::set<nlohmann::json> runs;
  for (const Origin* origin : {&a, &b}) {
    const auto list = nlohmann::json::parse(origin->runs, nullptr, false);
    if (list.is_array()) runs.insert(list.begin(), list.end());
  }
  return {std::max(a.created, b.created), nlohmann::json(runs).dump()};
}

}  // namespace praesepe::workflow::store
