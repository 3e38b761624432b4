#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "sim/error.hpp"
#include "workflow/command_line/command.hpp"
#include "workflow/result_folder.hpp"
#include "workflow/slurm.hpp"

namespace praesepe::workflow::command_line {

namespace fs = std::filesystem;

namespace {

options::options_description submit_options() {
  options::options_description named;
  const auto word = [](const char* name) { return options::value<std::string>()->value_name(name); };
  const auto number = [](const char* name) { return options::value<int>()->value_name(name); };
  named.add_options()("output,o", word("DIR")->required(), "folder for results, on a file system that all nodes see");
  named.add_options()("array", number("N"), "elements of the job array")(
      "throttle", number("M"), "elements that run at once")("ranks", number("R"),
                                                            "MPI ranks of an element (default 1)");
  named.add_options()("threads", number("K"), "threads of a rank, as for run (default 1)")(
      "time", word("T"), "time limit of an element, as for sbatch (default 04:00:00)");
  named.add_options()("memory", word("M"), "memory of a node")("partition", word("P"), "partition")(
      "account", word("A"), "account");
  named.add_options()("dry-run", "print the scripts, and do nothing");
  named.add(settings_option());
  return named;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

/// The user's table, the campaign's, the command line's.
SlurmOptions read_options(const options::variables_map& values, const campaign::Campaign& campaign) {
  SlurmOptions chosen;
  if (const char* home = std::getenv("HOME")) {
    const fs::path file = fs::path(home) / ".config" / "praesepe.toml";
    if (fs::exists(file)) read_slurm_table(text_of(file), file.string(), chosen);
  }
  try {
    read_slurm_table(campaign.slurm, campaign.origin, chosen);
  } catch (const InputError& error) {  // with a line of the table alone, instead of the file's
    const std::string message = error.what();
    rethrow_with_place(campaign, message.substr(message.find("slurm.")));
  }
  const auto number = [&values](const char* name, int minimum, int& value) {
    if (!values.contains(name)) return;
    value = values[name].as<int>();
    if (value < minimum) throw InputError(fmt::format("--{} {}: expected {} or more", name, value, minimum));
  };
  number("array", 1, chosen.array);
  number("throttle", 0, chosen.throttle);
  number("ranks", 1, chosen.ranks);
  number("threads", 1, chosen.threads);
  const auto word = [&values](const char* name, std::string& value) {
    if (values.contains(name)) value = values[name].as<std::string>();
  };
  word("time", chosen.time);
  word("memory", chosen.memory);
  word("partition", chosen.partition);
  word("account", chosen.account);
  return chosen;
}

void write_script(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) throw InputError(path.string() + ": cannot be written");
}

/// Runs sbatch and returns the number of the job.
std::string sbatch(const std::string& arguments) {
  const std::string command = "sbatch --parsable " + arguments;
  const auto close = [](FILE* pipe) { pclose(pipe); };
  std::unique_ptr<FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
  if (!pipe) throw std::runtime_error("sbatch cannot be started");
  std::string answer;
  std::array<char, 256> part{};
  while (fgets(part.data(), part.size(), pipe.get())) answer += part.data();
  const int status = pclose(pipe.release());
  if (status != 0) {
    throw std::runtime_error(fmt::format("{}: ended with status {}; is SLURM there?", command, WEXITSTATUS(status)));
  }
  return answer.substr(0, answer.find_first_of(";\n"));
}

}  // namespace

int submit(const Command& command, const Arguments& arguments) {
  options::variables_map values;
  if (!parse(command, arguments, submit_options(), {"CAMPAIGN.toml"}, values)) return kSuccess;
  const auto campaign = campaign::read_campaign(values["CAMPAIGN.toml"].as<std::string>(), strings(values, "set"));
  const SlurmOptions chosen = read_options(values, campaign);
  const fs::path folder = fs::absolute(values["output"].as<std::string>()).lexically_normal();
  const SlurmJob job{campaign.name, fs::read_symlink("/proc/self/exe"), folder / "campaign.toml", folder};
  const std::string array = array_script(job, chosen), merge = merge_script(job, chosen);
  if (values.contains("dry-run")) {
    fmt::print("# {}\n{}\n# {}\n{}", (folder / "slurm/array.sh").string(), array, (folder / "slurm/merge.sh").string(),
               merge);
    return kSuccess;
  }
  ResultFolder::open(folder, campaign, false);
  fs::create_directories(folder / "slurm");
  write_script(folder / "slurm/array.sh", array);
  write_script(folder / "slurm/merge.sh", merge);
  const std::string number = sbatch(fmt::format("'{}'", (folder / "slurm/array.sh").string()));
  // afterany: an element that fails must not keep the report waiting for ever.
  const std::string last =
      sbatch(fmt::format("--dependency=afterany:{} '{}'", number, (folder / "slurm/merge.sh").string()));
  fmt::print("array job {} of {} elements, then job {} to merge and report\nprogress: praesepe status {}\n", number,
             chosen.array, last, folder.string());
  return kSuccess;
}

}  // namespace praesepe::workflow::command_line
