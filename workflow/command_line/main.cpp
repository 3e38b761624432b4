// praesepe: simulate star clusters and associations, infer their parameters, and check how well that works.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>

#include "sim/error.hpp"
#include "workflow/campaign/nearest_name.hpp"
#include "workflow/command_line/command.hpp"
#include "workflow/studies.hpp"

namespace praesepe::workflow::command_line {

namespace {

constexpr std::array kCommands{
    Command{"run",
            "CAMPAIGN.toml -o DIR [--set a.b=VALUE]... [--tasks 0-9,17] [--shard I/N] [--threads K]\n"
            "                    [--fresh] [--no-report] [--quiet] [--progress auto|always|never]",
            "Simulates (or reads), infers, gathers and reports. Alone: threads on all cores; under mpirun: all ranks.\n"
            "A folder that holds the same campaign is resumed.",
            run},
    Command{"plan", "CAMPAIGN.toml [--set a.b=VALUE]...", "Lists the tasks of a campaign as CSV, and their cost.",
            plan},
    Command{"simulate", "CAMPAIGN.toml --task K -o FILE.{csv,ecsv,fits} [--set a.b=VALUE]...",
            "Writes the catalogue of one task.", simulate},
    Command{"infer", "STUDY CATALOGUE -o FILE.h5 [--set a.b=VALUE]... [--column NAME=FILECOLUMN]... [--stars FILE]",
            "Infers the parameters of a study from one real catalogue and prints their summary.", infer},
    Command{"status", "DIR [--json] [--watch]", "Tells how far the campaign in a folder is.", status},
    Command{"merge", "DIR|FILE... -o FILE.h5 [--allow-missing]", "Gathers results into one file.", merge},
    Command{"verify", "DIR", "Checks every shard and removes stray temporary files.", verify},
    Command{"summary", "FILE.h5|DIR [--csv]", "Prints the posterior summaries of a gathered file.", summary},
    Command{"report", "FILE.h5|DIR -o DIR [--figure NAME]...",
            "Writes tables, figures and a page about a gathered file.", report},
    Command{
        "model",
        "globular --phi0 5 --g 2 --mass 1e5 --half_mass_radius 3 [--G 0.004302]\n"
        "                      [--radii r1,r2,...] [--df FILE.csv] [--table accuracy]\n"
        "       praesepe model globular --table virial\n"
        "       praesepe model membership|association --catalogue FILE [--components 4] [--column NAME=FILECOLUMN]...\n"
        "       praesepe model traceback --posteriors FILE.h5 [--task 0] [--oldest 60]",
        "Prints profiles and scales of a globular cluster model as CSV; or, of a catalogue, how well a cluster with\n"
        "1, 2, ... Gaussians of field stars fits (membership), or 1, 2, ... groups in a field (association); or the\n"
        "sizes of an association's groups traced back in time (traceback).",
        model},
    Command{"extract", "FILE.h5|DIR --task K -o FILE.nc", "Writes one task as an ArviZ InferenceData file.", extract},
    Command{"submit",
            "CAMPAIGN.toml -o DIR --array N [--throttle M] [--ranks R] [--threads K] [--time T]\n"
            "                       [--memory M] [--partition P] [--account A] [--dry-run] [--set a.b=VALUE]...",
            "Submits the campaign to SLURM: an array of N shards, then a job that merges and reports. Site lines\n"
            "(modules, launcher) come from a [slurm] table of the campaign file or of ~/.config/praesepe.toml.",
            submit},
};

void print_help() {
  std::cout << "usage: praesepe COMMAND ...\n\ncommands (praesepe COMMAND --help tells more):\n";
  for (const Command& command : kCommands) fmt::print("  {:<9} {}\n", command.name, command.description);
  std::cout << "\nstudies:\n";
  for (const auto* study : studies()) fmt::print("  {:<16} {}\n", study->name(), study->description());
  std::cout << "\nexit status: 0 success, 1 run-time failure, 2 bad input, 3 finished but some task did not converge,\n"
               "75 stopped on request with work left (run the same command again)\n";
}

int dispatch(const Arguments& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
    print_help();
    return arguments.empty() ? kBadInput : kSuccess;
  }
  if (arguments[0] == "--version") {
    std::cout << "praesepe " PRAESEPE_VERSION "\n";
    return kSuccess;
  }
  const auto* const command = std::ranges::find(kCommands, std::string_view(arguments[0]), &Command::name);
  if (command == kCommands.end()) {
    std::vector<std::string> names;
    for (const Command& known : kCommands) names.emplace_back(known.name);
    throw InputError(fmt::format("praesepe: there is no command \"{}\"; did you mean \"{}\"? See praesepe --help",
                                 arguments[0], campaign::nearest_name(arguments[0], names)));
  }
  return command->run(*command, {arguments.begin() + 1, arguments.end()});
}

}  // namespace

}  // namespace praesepe::workflow::command_line

int main(int argc, char** argv) {
  using namespace praesepe::workflow::command_line;
  try {
    const int status = dispatch({argv + 1, argv + argc});
    std::cout.flush();
    if (!std::cout) throw std::runtime_error("the output could not be written");
    return status;
  } catch (const praesepe::InputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return kBadInput;
  } catch (const std::exception& error) {
    fmt::print(stderr, "praesepe: {}\n", error.what());
    return kRunTimeFailure;
  }
}
