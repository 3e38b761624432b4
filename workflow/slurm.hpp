// A campaign as SLURM jobs: an array whose elements each run a part of the tasks, and a job after it that merges and
// reports.
//
// Where a site's wishes come from, the later ones winning: the table [slurm] of ~/.config/praesepe.toml, that of the
// campaign file, the command line.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace praesepe::workflow {

struct SlurmOptions {
  int array = 1;                               ///< elements
  int throttle = 0;                            ///< elements that run at once; 0: as many as SLURM likes
  int ranks = 1;                               ///< MPI ranks of an element
  int threads = 1;                             ///< of a rank, as for `run`
  std::string time = "04:00:00";               ///< of an element
  std::string memory;                          ///< of a node, such as 4G; empty: the site's default
  std::string partition, account;              ///< empty: the site's default
  std::vector<std::string> prologue;           ///< lines of shell before anything else: modules, environment
  std::string launcher = "mpirun -n {ranks}";  ///< what starts the ranks, if there are several
  int signal_seconds = 180;                    ///< how long before its end an element is asked to stop
  int max_restarts = 100;                      ///< how often an element that was asked to stop queues again
};

/// Changes `options` by the table [slurm] of a TOML text. Throws InputError for an unknown key or a wrong value.
void read_slurm_table(std::string_view text, const std::string& origin, SlurmOptions& options);

/// What the scripts are about.
struct SlurmJob {
  std::string name;                ///< of the campaign
  std::filesystem::path program;   ///< absolute
  std::filesystem::path campaign;  ///< absolute
  std::filesystem::path folder;    ///< absolute
};

/// The script of one element. Asked to stop (USR1 before its time limit or on preemption, TERM), it passes that on, and
/// queues again if the program says that work is left.
std::string array_script(const SlurmJob& job, const SlurmOptions& options);
/// The script of the job that merges and reports what there is.
std::string merge_script(const SlurmJob& job, const SlurmOptions& options);

}  // namespace praesepe::workflow
